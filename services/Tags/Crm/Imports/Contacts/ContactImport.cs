using Crm.Contacts.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Files;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>
/// Imports rows as contacts, a batch in one transaction. Existing contacts are read without locks and changed only if they still have the
/// version that was read; a batch that loses against another writer is made again.
/// </summary>
internal sealed class ContactImport(
    AccountDatabase database, ImportSettings settings, ContactRows rows, ImportTags tags, KeptRefusals refusals, TimeProvider time)
    : IRowTarget<ContactDraft>
{
    private const int Attempts = 5;

    /// <inheritdoc/>
    public ContactDraft? Read(CsvRow row, RowReport report) => rows.Read(row, report);

    /// <inheritdoc/>
    public async Task WriteAsync(IReadOnlyList<ContactDraft> batch, ImportSummary summary, CancellationToken ct)
    {
        for (var attempt = 1; batch.Count > 0; attempt++)
        {
            try
            {
                var plan = await PlanAsync(batch, ct);
                var holders = await tags.HoldersAsync(batch, summary, ct);
                summary.TagsAdded += await AccountTransaction.RunAsync(
                    database, settings.Account.Id, transaction => WriteAsync(transaction, plan, holders, ct), ct);
                plan.AddTo(summary);
                return;
            }
            catch (Exception e) when (attempt < Attempts && IsLost(e))
            {
                // Somebody created or changed one of these contacts meanwhile, or deleted one of the tags: look again.
                tags.Forget();
            }
        }
    }

    private static bool IsLost(Exception e) =>
        e is LostUpdateException or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } or RpcException { StatusCode: StatusCode.NotFound };

    private async Task<ContactPlan> PlanAsync(IReadOnlyList<ContactDraft> batch, CancellationToken ct)
    {
        string[] keys = [.. batch.Select(draft => draft.Key).OfType<string>().Distinct(StringComparer.Ordinal)];
        var existing = keys.Length == 0 ? [] : await ContactBatches.FindAsync(database, settings.Account.Id, keys, rows.ByEmail, ct);
        var plan = ContactPlan.Make(batch, existing, rows.ByEmail, settings.LoosensRefusals);
        if (plan.Created.Count > 0)
        {
            plan.Number(await IdBlocks.TakeAsync(database, settings.Account.Id, "contact", plan.Created.Count, ct));
        }

        return plan;
    }

    // The log is the proof of a consent, so a contact that is created with one has an entry, too.
    private void LogConsents(AccountTransaction transaction, ContactPlan plan, DateTimeOffset now)
    {
        foreach (var contact in plan.Created.Concat(plan.Updated))
        {
            foreach (var channel in ConsentValue.Channels.Where(contact.Consents.IsChanged))
            {
                var before = contact.Consents.Before(channel).BeforeJson(channel, contact.UpdatedAt ?? now.UtcDateTime);
                transaction.LogContact(contact.ContactId, ContactChangeKind.ConsentChanged, before, settings.Cause);
            }
        }
    }

    private async Task<int> WriteAsync(
        AccountTransaction transaction, ContactPlan plan, SortedDictionary<int, List<int>> holders, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await FieldStore.HoldAsync(transaction, rows.Fields, ct);
        await ContactBatches.InsertAsync(transaction, plan.Created, now, ct);
        await ContactBatches.UpdateAsync(transaction, plan.Updated, now, ct);
        LogConsents(transaction, plan, now);
        await transaction.SetBitsAsync(
            AccountTransaction.LivingTag, [.. plan.Created.Select(contact => contact.ContactId)], on: true, settings.Cause, ct);
        foreach (var contact in plan.Updated.Where(contact => contact.BeforeJson is not null))
        {
            transaction.LogContact(contact.ContactId, ContactChangeKind.Imported, contact.BeforeJson, settings.Cause);
        }

        var contacts = new ContactWrites(transaction, settings.Cause, now, ct);
        await refusals.HoldAsync(contacts, [.. plan.Created.Concat(plan.Updated).Select(contact => (contact.ContactId, contact.State))], ct);
        var added = 0;
        foreach (var (tagId, places) in holders)
        {
            var contactIds = places.Select(place => plan.Targets[place].ContactId).Distinct().Order().ToArray();
            added += (await transaction.SetBitsAsync(tagId, contactIds, on: true, settings.Cause, ct)).Count;
        }

        return added;
    }
}
