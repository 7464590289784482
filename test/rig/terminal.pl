#!/usr/bin/perl
# Runs a command on a terminal of its own, 80 columns wide: what it writes goes to our stdout, our stdin is what is typed
# (so "\x03" is Ctrl-C). Ends with the command's exit code, or 128 + the number of the signal that ended it.
#
#   terminal.pl CMD [ARG...]
use strict;
use warnings;
use POSIX qw(setsid);

# <asm-generic/ioctls.h>; perl-base has no names for them.
use constant { TIOCGPTN => 0x80045430, TIOCSPTLCK => 0x40045431, TIOCSCTTY => 0x540E, TIOCSWINSZ => 0x5414 };

open my $terminal, '+<', '/dev/ptmx' or die "/dev/ptmx: $!\n";
my $number = pack 'I', 0;
ioctl $terminal, TIOCSPTLCK, $number or die "unlock: $!\n";
ioctl $terminal, TIOCGPTN, $number or die "number: $!\n";
my $name = '/dev/pts/' . unpack 'I', $number;

my $child = fork // die "fork: $!\n";
if ($child == 0) {
    setsid();
    open my $own, '+<', $name or die "$name: $!\n";
    ioctl $own, TIOCSCTTY, 0;
    my $size = pack 'S4', 24, 80, 0, 0;
    ioctl $own, TIOCSWINSZ, $size;
    for my $stream (0 .. 2) { POSIX::dup2(fileno $own, $stream) // die "dup2: $!\n" }
    close $_ for $own, $terminal;
    exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\n";
}
for my $signal (qw(INT TERM HUP)) { $SIG{$signal} = sub { kill $signal, $child } }

my $typing = 1;
while (1) {
    my $readable = '';
    vec($readable, fileno $terminal, 1) = 1;
    vec($readable, fileno STDIN, 1) = 1 if $typing;
    next if select($readable, undef, undef, undef) < 0;
    if (vec $readable, fileno $terminal, 1) {
        sysread $terminal, my $text, 65536 or last; # EIO: the last program on it has ended
        syswrite STDOUT, $text;
    }
    if ($typing && vec $readable, fileno STDIN, 1) {
        if (sysread STDIN, my $text, 65536) { syswrite $terminal, $text }
        else { $typing = 0 }
    }
}
waitpid $child, 0;
exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
