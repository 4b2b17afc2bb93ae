/* The converter has no types of its own. */
declare module "odata-csdl" {
  const csdl: {
    xml2json(xml: Uint8Array, options: { messages: { message: string }[] }): unknown;
  };
  export default csdl;
}
