import { ORDER_FIELDS, type OrderField } from '../../../lambdas/shared/model/order.ts';

/** What a column may be for: a field of an order, or what helps to make one. */
export type Role = OrderField | 'line_number' | 'time_of_day' | 'line_total' | 'currency';

/**
 * Names of columns, without case, blanks, `-`, `_` and `.`; the better ones first. English, and the
 * words that shops of other languages export.
 */
const NAMES: Readonly<Record<Role, readonly string[]>> = {
  order_id: words(`orderid ordernumber orderno ordernr ordername orderref orderreference ordercode
    amazonorderid invoiceno invoicenumber invoiceid invoice order purchaseid purchaseorder
    transactionid transactionnumber receiptno receiptnumber salesorder documentno bestellnummer
    bestellnr bestellung auftragsnummer auftrag rechnungsnummer rechnungsnr belegnummer
    numerocommande commande pedido numeropedido ordine incrementid reference name id`),
  customer_id:
    words(`customerid customernumber customerno customernr customeremail customer clientid
    client userid user buyerid buyeremail buyerusername buyer accountid memberid memberno
    billingemail emailaddress email emailid customername kundennummer kundennr kunde kundenid
    idclient cliente idcliente`),
  product_id: words(`productid sku productsku lineitemsku itemsku stockcode productcode productno
    productnumber articleno articlenumber article artikelnummer artikelnr artikel asin variantsku
    itemid itemno itemnumber itemcode item product productname lineitemname itemtitle partno
    partnumber referenceproduit produit producto codigo prodotto isbn ean upc gtin`),
  order_timestamp: words(`ordertimestamp orderdate orderdatetime ordertime orderedat placedat
    purchasedate purchasedat createdat created creationdate invoicedate transactiondate saledate
    date datetime timestamp paidat paymentdate purchasetimestamp orderpurchasetimestamp bestelldatum
    bestelldatumundzeit auftragsdatum rechnungsdatum belegdatum datum datecommande fecha data`),
  quantity: words(`quantity qty quantitypurchased quantityordered qtyordered lineitemquantity
    itemquantity orderquantity orderqty units unitssold count pieces menge anzahl stück stueck
    quantite quantité cantidad quantita`),
  price: words(`price unitprice priceperunit lineitemprice itemprice productprice sellingprice
    saleprice priceeach unitcost rate preis einzelpreis stückpreis stueckpreis verkaufspreis prix
    prixunitaire precio preciounitario prezzo`),
  status: words(`status orderstatus state orderstate financialstatus paymentstatus fulfillmentstatus
    itemstatus invoicestatus bestellstatus auftragsstatus zustand statut estado stato`),
  line_number: words(`linenumber lineno linenr line lineitem lineid lineitemid orderlineid
    orderitemid orderlinenumber orderline itemseq position pos positionnr zeile rowid`),
  time_of_day: words('time timeofday uhrzeit zeit heure hora ora'),
  line_total: words(`linetotal lineamount totalprice totalamount total amount subtotal sales revenue
    extendedprice netamount grossamount gesamtpreis summe betrag gesamt umsatz montant importe`),
  currency: words(
    'currency currencycode ordercurrency whrung waehrung währung devise moneda valuta',
  ),
};

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** A name as it is compared: lower case, without what separates words. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_\-./#()]+/g, '');
}

/** How names of columns are compared with Tandem's own (contract §1.1). */
export function ownName(name: string): string {
  return name.trim().toLowerCase().replace(/[ -]/g, '_');
}

/**
 * The column of each role, by name alone: its index. A column has one role; the better name wins,
 * and the name of a field itself wins over all.
 */
export function rolesByName(columns: readonly string[]): Map<Role, number> {
  const found = new Map<Role, number>();
  const taken = new Set<number>();
  const take = (role: Role, index: number) => {
    if (index < 0 || found.has(role) || taken.has(index)) return;
    found.set(role, index);
    taken.add(index);
  };
  for (const field of ORDER_FIELDS) {
    take(
      field,
      columns.findIndex((name) => ownName(name) === field),
    );
  }
  const plain = columns.map(plainName);
  const longest = Math.max(...Object.values(NAMES).map((names) => names.length));
  // Rank by rank, so that `date` is not taken before another role has seen its best name.
  for (let rank = 0; rank < longest; rank++) {
    for (const [role, names] of Object.entries(NAMES) as [Role, readonly string[]][]) {
      if (rank < names.length) take(role, plain.indexOf(names[rank]));
    }
  }
  return found;
}

/** How many of the names are known: a header has some, a record has none. */
export function knownNames(columns: readonly string[]): number {
  const known = new Set(Object.values(NAMES).flat());
  const own = new Set<string>(ORDER_FIELDS);
  return columns.filter((name) => known.has(plainName(name)) || own.has(ownName(name))).length;
}
