/** A state of a host that the documentation describes, and the commands whose output it quotes, in their order. */
interface Scene {
  /** The folder below `/home/ann` in which the commands run. */
  readonly folder: string;
  /** Files below `/home/ann`, name → text. */
  readonly files: Readonly<Record<string, string>>;
  /** Folders whose compose project runs before the first command. */
  readonly running: readonly string[];
  readonly commands: readonly string[];
}

const shop = `services:
  web: { image: "nginx:1.25", ports: ["8080:80"], depends_on: [api] }
  api: { image: "nginx:1.25", ports: ["3000:80"] }
  db: { image: "postgres:16", ports: ["5432:5432"] }
`;

const named = `name: shop
services:
  web:
    image: nginx:1.25
    container_name: the-web
    ports: ["8080:80"]
`;

/** By the name that the comments above the quotes use: `<!-- output of scene blog -->`. */
export const scenes: Readonly<Record<string, Scene>> = {
  blog: {
    folder: 'work',
    files: {
      'work/note': '',
      'blog/compose.yaml': 'services: { web: { image: "nginx:1.25", ports: ["8080:80"] } }\n',
    },
    running: ['blog'],
    commands: [
      'portplan check 8080 9000 9100',
      'portplan run -d nginx:1.25',
      'portplan plan nginx:1.25 -p 9000:9000',
    ],
  },
  'two-checkouts': {
    folder: 'shop-fix',
    files: { 'shop/compose.yaml': shop, 'shop-fix/compose.yaml': shop },
    running: ['shop'],
    commands: [
      'portplan plan',
      'portplan up -d --on-conflict next',
      'portplan port db',
      'portplan url web',
      'portplan lease ls',
    ],
  },
  'two-copies': {
    folder: 'shop-fix',
    files: { 'shop/compose.yaml': named, 'shop-fix/compose.yaml': named },
    running: ['shop'],
    commands: ['portplan up -d'],
  },
};
