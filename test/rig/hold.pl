#!/usr/bin/perl
# Holds one real socket until stdin closes, for ten minutes at most.
#
#   hold.pl protocol=tcp|udp address=IP port=N state=STATE [v6only=0|1] [reuseaddr=1] [reuseport=1] [user=UID] [name=TEXT]
#
# Prints "ready PORT" when the socket is there. STATE is listen, bound, established, time-wait or time-wait-server;
# sockets.ts describes them.
use strict;
use warnings;
use Socket qw(:DEFAULT inet_pton IPPROTO_IP IPPROTO_IPV6 IPV6_V6ONLY SO_REUSEPORT pack_sockaddr_in6 sockaddr_family);

# <linux/in.h>; Socket has no names for them.
use constant { IP_BIND_ADDRESS_NO_PORT => 24, IP_LOCAL_PORT_RANGE => 51 };

alarm 600;
my %option = map { split /=/, $_, 2 } @ARGV;
my $family = $option{address} =~ /:/ ? AF_INET6 : AF_INET;
my $type = $option{protocol} eq 'udp' ? SOCK_DGRAM : SOCK_STREAM;

$0 = $option{name} if exists $option{name};
become($option{user}) if exists $option{user};

my %open = (
    listen             => sub { listening($option{port}, %option) },
    bound              => sub { bound($option{port}, %option) },
    established        => \&connection,
    'time-wait'        => \&client_time_wait,
    'time-wait-server' => \&server_time_wait,
);
my ($port, @held) = $open{ $option{state} }->();
syswrite STDOUT, "ready $port\n";
1 while sysread STDIN, my $ignored, 4096;

sub become {
    my ($uid) = @_;
    $( = $uid;
    $) = "$uid $uid";
    ($<, $>) = ($uid, $uid);
    $< == $uid && $> == $uid or die "cannot become user $uid: $!\n";
}

# Every opener returns the port that is held and the sockets that must stay open.

sub bound {
    my ($wanted, %flags) = @_;
    my $socket = opened(%flags);
    bind $socket, address_with($wanted) or die "bind: $!\n";
    return (port_of($socket), $socket);
}

sub listening {
    my ($bound, $socket) = bound(@_);
    listen $socket, 16 or die "listen: $!\n";
    return ($bound, $socket);
}

sub connection { # the client first: its local port is the one that is held
    my ($other, $listener) = listening(0);
    my $client = $option{reuseaddr} || !is_ephemeral($option{port}) ? undef : connected_by_kernel($other);
    $client //= connected_after_bind($other);
    accept my $server, $listener or die "accept: $!\n";
    return (port_of($client), $client, $server);
}

# Elsewhere the kernel would choose another port, and the connection that is thrown away would be the one that is accepted.
sub is_ephemeral {
    my ($number) = @_;
    open my $file, '<', '/proc/sys/net/ipv4/ip_local_port_range' or return 0;
    my ($first, $last) = split ' ', <$file>;
    return $number == 0 || $number >= $first && $number <= $last;
}

# As an ordinary program has it: connect() chooses the local port, here from a range of one. Needs Linux 6.3 and a port
# inside ip_local_port_range.
sub connected_by_kernel {
    my ($other) = @_;
    my $client = opened();
    setsockopt $client, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1 or return undef;
    setsockopt $client, IPPROTO_IP, IP_LOCAL_PORT_RANGE, pack('L', $option{port} | $option{port} << 16) or return undef;
    bind $client, address_with(0) or die "bind: $!\n";
    connect $client, address_with($other) or return undef;
    return $option{port} == 0 || port_of($client) == $option{port} ? $client : undef;
}

sub connected_after_bind {
    my ($other) = @_;
    my $client = opened(%option);
    bind $client, address_with($option{port}) or die "bind: $!\n";
    connect $client, address_with($other) or die "connect: $!\n";
    return $client;
}

sub client_time_wait {
    my ($held, $client, $server) = connection();
    part($client, $server);
    return ($held);
}

sub server_time_wait {
    my ($held, $listener) = listening($option{port}, reuseaddr => 1);
    my $client = opened();
    connect $client, address_with($held) or die "connect: $!\n";
    accept my $server, $listener or die "accept: $!\n";
    part($server, $client);
    close $listener;
    return ($held);
}

sub part { # the side that closes first is left in TIME_WAIT
    my ($first, $second) = @_;
    close $first;
    sysread $second, my $nothing, 1;
    close $second;
    select undef, undef, undef, 0.05;
}

sub opened {
    my (%flags) = @_;
    socket my $socket, $family, $type, 0 or die "socket: $!\n";
    set($socket, SOL_SOCKET, SO_REUSEADDR, 1) if $flags{reuseaddr};
    set($socket, SOL_SOCKET, SO_REUSEPORT, 1) if $flags{reuseport};
    set($socket, IPPROTO_IPV6, IPV6_V6ONLY, $flags{v6only} || 0) if $family == AF_INET6;
    return $socket;
}

sub set {
    my ($socket, $level, $name, $value) = @_;
    setsockopt $socket, $level, $name, pack('i', $value) or die "setsockopt: $!\n";
}

sub address_with {
    my ($number) = @_;
    my $bytes = inet_pton($family, $option{address}) or die "$option{address} is not an IP address\n";
    return $family == AF_INET6 ? pack_sockaddr_in6($number, $bytes) : pack_sockaddr_in($number, $bytes);
}

sub port_of {
    my $name = getsockname $_[0];
    return ($family == AF_INET6 ? Socket::unpack_sockaddr_in6($name) : unpack_sockaddr_in($name))[0];
}
