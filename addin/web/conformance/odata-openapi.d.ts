/* The converter has no types of its own. */
declare module "odata-openapi" {
  export function csdl2openapi(
    csdl: unknown,
    options: { messages: { message: string }[]; scheme?: string; host?: string; basePath?: string },
  ): { paths: Record<string, unknown> };
}
