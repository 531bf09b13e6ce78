import { DEFAULT_CONFIG } from '../../../lambdas/shared/model/config.ts';
import type { Status } from '../../../lambdas/shared/model/order.ts';

/** Words that shops use for the four statuses, in the languages of their exports. */
const WORDS: Readonly<Record<Status, string>> = {
  completed: `paid,shipped,delivered,fulfilled,closed,captured,succeeded,success,successful,settled,
    invoiced,sent,dispatched,finished,ok,sold,received,complete,order completed,approved,
    bezahlt,versendet,versandt,geliefert,abgeschlossen,erledigt,ausgeliefert,zugestellt,
    payé,payée,livré,livrée,expédié,expédiée,terminé,terminée,
    pagado,enviado,entregado,completado,completato,consegnato,spedito,pagato`,
  cancelled: `cancellation,cancelled by customer,cancelled by buyer,void,voided,refunded,fully refunded,
    returned,rejected,failed,declined,denied,expired,aborted,deleted,lost,reversed,charged back,
    chargeback,storniert,storno,abgebrochen,erstattet,retourniert,zurückgesendet,
    annulé,annulée,remboursé,remboursée,cancelado,cancelada,reembolsado,annullato,rimborsato`,
  pending: `open,new,created,unpaid,on hold,on-hold,hold,holded,awaiting payment,pending payment,
    pending_payment,payment pending,unfulfilled,unshipped,awaiting,draft,authorized,authorised,
    placed,offen,neu,ausstehend,unbezahlt,wartend,en attente,nouveau,pendiente,nuevo,in attesa,nuovo`,
  processing: `in process,in-progress,in production,packed,packing,picking,ready to ship,preparing,
    confirmed,accepted,in transit,partially shipped,backordered,in bearbeitung,in arbeit,
    in vorbereitung,bestätigt,en cours,en préparation,en proceso,procesando,in lavorazione`,
};

const STATUS_OF_WORD = new Map(
  (Object.entries(WORDS) as [Status, string][]).flatMap(([status, words]) =>
    words.split(/,\s*/).map((word): [string, Status] => [word.trim(), status]),
  ),
);

/** Spellings beyond that are counted together: a column of them is no status. */
const MAX_SPELLINGS = 200;

/** A spelling as it is compared: ASCII letters in lower case (contract §2). */
export function lowered(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** A spelling, how often it came and the status that it stands for; null: nobody knows. */
export interface SpelledStatus {
  readonly spelling: string;
  readonly count: number;
  readonly status: Status | null;
  /** Tandem knows it without any mapping. */
  readonly isOwn: boolean;
}

/** Counts the spellings of a column of statuses. */
export class StatusCounts {
  readonly #counts = new Map<string, number>();
  /** Values of more spellings than are told apart. */
  left = 0;

  /** Counts a trimmed value that is not missing. */
  add(value: string): void {
    const spelling = lowered(value);
    const count = this.#counts.get(spelling);
    if (count !== undefined) this.#counts.set(spelling, count + 1);
    else if (this.#counts.size < MAX_SPELLINGS) this.#counts.set(spelling, 1);
    else this.left++;
  }

  /** The spellings, most frequent first, each with its status. */
  result(): SpelledStatus[] {
    const all = [...this.#counts].map(([spelling, count]) => ({
      spelling,
      count,
      ...statusOf(spelling),
    }));
    return all.sort((a, b) => b.count - a.count || (a.spelling < b.spelling ? -1 : 1));
  }
}

/** The status of a spelling in lower case: Tandem's own, or that of a known word. */
export function statusOf(spelling: string): { status: Status | null; isOwn: boolean } {
  const own = DEFAULT_CONFIG.rules.statuses[spelling];
  if (own !== undefined) return { status: own, isOwn: true };
  // WooCommerce puts `wc-` in front of its own.
  const word = spelling.toLowerCase().replace(/^wc-/, '').replace(/_/g, ' ').trim();
  const known = STATUS_OF_WORD.get(spelling) ?? STATUS_OF_WORD.get(word);
  const status = known ?? DEFAULT_CONFIG.rules.statuses[word] ?? null;
  return { status, isOwn: false };
}
