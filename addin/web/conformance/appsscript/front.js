/*
 * The sidebar in a browser: a page with a frame, as Google's, that shows what showSidebar (or a dialog) has been given,
 * and a `google.script.run` in it that calls this host.
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { text as whole } from "node:stream/consumers";

const CLIENT = new URL("./client.js", import.meta.url);
/** What Google's own frame may do. */
const SANDBOX =
  "allow-downloads allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox allow-same-origin allow-scripts";

export class Front {
  /** @type {import("node:http").Server | null} */
  #server = null;

  /** @param {import("./desk.js").Desk} desk */
  constructor(desk) {
    this.desk = desk;
  }

  /** @returns {Promise<string>} its address */
  async open() {
    this.#server ??= createServer((request, response) => {
      const chunks = request.method === "POST" ? whole(request) : Promise.resolve("");
      void chunks
        .then((body) => this.#answer(request.url ?? "/", body))
        .then(
          ({ type, text }) => response.writeHead(200, { "Content-Type": type }).end(text),
          (failure) => response.writeHead(500).end(String(failure)),
        );
    });
    const server = this.#server;
    if (!server.listening) await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    return `http://127.0.0.1:${port}/`;
  }

  async close() {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  /** @param {string} path @param {string} body @returns {Promise<{ type: string, text: string }>} */
  async #answer(path, body) {
    const { ui } = this.desk.host;
    if (path === "/run") {
      const { function: name, args } = JSON.parse(body);
      return { type: "application/json", text: JSON.stringify(await this.desk.sidebar(name, args)) };
    }
    if (path === "/client.js") return { type: "text/javascript", text: await readFile(CLIENT, "utf8") };
    const shown = path === "/dialog" || path === "/dialog/frame" ? ui.dialog : ui.sidebar;
    if (!shown) return { type: "text/html; charset=utf-8", text: "<!doctype html><title>nothing is shown</title>" };
    if (path.endsWith("/frame")) {
      const names = JSON.stringify(this.desk.host.functions().filter((name) => !name.endsWith("_")));
      const script = `<script src="/client.js" data-functions='${names}'></script>`;
      return {
        type: "text/html; charset=utf-8",
        text: `<!doctype html>${script}${shown.html.replace(/^\s*<!doctype html>/i, "")}`,
      };
    }
    const frame = path === "/" ? "/sidebar/frame" : `${path}/frame`;
    const size = `width:${shown.width ?? 600}px;height:${shown.height ?? 700}px;border:0`;
    const title = shown.title.replace(/[&<]/g, (mark) => `&#${mark.charCodeAt(0)};`);
    const text = `<!doctype html><meta charset="utf-8"><title>${title}</title><body style="margin:0"><iframe name="sidebar" sandbox="${SANDBOX}" style="${size}" src="${frame}"></iframe>`;
    return { type: "text/html; charset=utf-8", text };
  }
}
