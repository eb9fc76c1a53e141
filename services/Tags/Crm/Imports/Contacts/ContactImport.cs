using Crm.Common.V1;
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
    ImportTools tools, ImportSettings settings, ContactRows rows, ImportTags tags, RowKeys keys) : IRowTarget<ContactDraft>
{
    private const int Attempts = 5;
    // Each brings its bits.
    private const int TagsAtOnce = 100;
    private readonly ExistingContacts _existing = new(tools.Database, settings, keys);
    private readonly HashSet<(Channel Channel, string Key)> _taken = [];

    /// <inheritdoc/>
    public ContactDraft? Read(CsvRow row, RowReport report) => rows.Read(row, report);

    /// <inheritdoc/>
    public Task LookAheadAsync(IReadOnlyList<ContactDraft> batch, IReadOnlyList<ContactDraft> before, CancellationToken ct) =>
        _existing.LookAheadAsync(batch, before, ct);

    /// <inheritdoc/>
    public async Task WriteAsync(IReadOnlyList<ContactDraft> batch, ImportSummary summary, CancellationToken ct)
    {
        for (var attempt = 1; batch.Count > 0; attempt++)
        {
            try
            {
                var plan = await PlanAsync(batch, ct);
                if (plan.Created.Count > 0)
                {
                    plan.Number(await IdBlocks.TakeAsync(tools.Database, settings.Account.Id, "contact", plan.Created.Count, ct));
                }

                summary.TagsAdded += await AccountTransaction.RunAsync(
                    tools.Database, settings.Account.Id, transaction => WriteAsync(transaction, plan, ct), ct);
                rows.Fields.Keep(summary);
                tags.Keep(summary);
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

    /// <inheritdoc/>
    public async Task TryAsync(IReadOnlyList<ContactDraft> batch, ImportSummary summary, CancellationToken ct)
    {
        if (batch.Count == 0)
        {
            return;
        }

        var plan = await PlanAsync(batch, ct);
        rows.Fields.Pretend(summary);
        tags.Pretend(summary);
        summary.TagsAdded += await ContactPreview.CountNewTagsAsync(tools.Database, settings.Account.Id, plan, tags, ct);
        plan.RefusalsHeld = await HeldAsync(plan, ct);
        plan.AddTo(summary);
        summary.Preview.Add(plan.Rows.Take(ContactPreview.MaxRows - summary.Preview.Count).Select(row => ContactPreview.Of(row, settings, rows.Fields)));
    }

    // The first contact that gets an address takes its refusal over.
    private async Task<int> HeldAsync(ContactPlan plan, CancellationToken ct)
    {
        var phones = await PhoneRule.ReadAsync(tools.Database, settings.Account.Id, ct);
        phones = phones with { FieldId = phones.FieldId ?? rows.Fields.Created.FirstOrDefault(field => field.Key == PhoneRule.CountryKey)?.FieldId };
        var written = plan.Created.Concat(plan.Updated).ToList();
        written.ForEach(contact => contact.State.PhoneKey = phones.KeyOf(contact.State));
        var found = await tools.Refusals.FindAsync(tools.Database, settings.Account.Id, written.Select(contact => (contact.State, contact)), ct);
        var held = found.Where(refused => !_taken.Contains((refused.Channel, refused.Key))).ToList();
        held.ForEach(refused => refused.Contact.Consents.Refuse(refused.Channel));
        _taken.UnionWith(held.Select(refused => (refused.Channel, refused.Key)));
        return held.Select(refused => refused.Contact).Distinct().Count();
    }

    private static bool IsLost(Exception e) =>
        e is LostUpdateException or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } or RpcException { StatusCode: StatusCode.NotFound };

    private async Task<ContactPlan> PlanAsync(IReadOnlyList<ContactDraft> batch, CancellationToken ct)
    {
        var existing = await _existing.FindAsync(batch, ct);
        var plan = ContactPlan.Make(batch, existing, settings);
        await tags.PlanAsync(plan.Rows, ct);
        if (settings.DryRun)
        {
            _existing.Remember(existing);
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

    private async Task<int> WriteAsync(AccountTransaction transaction, ContactPlan plan, CancellationToken ct)
    {
        var now = tools.Time.GetUtcNow();
        await rows.Fields.EnsureAsync(transaction, ct);
        var holders = await tags.HoldersAsync(transaction, plan.Rows, ct);
        await FieldStore.HoldAsync(transaction, [.. rows.Fields.ByColumn.Values], ct);
        var phones = await PhoneRule.HoldAsync(transaction.Transaction, transaction.AccountId, ct);
        foreach (var contact in plan.Created.Concat(plan.Updated))
        {
            contact.State.PhoneKey = phones.KeyOf(contact.State);
        }

        await ContactBatches.InsertAsync(transaction, plan.Created, now, ct);
        await ContactBatches.UpdateAsync(transaction, plan.Updated, now, ct);
        LogConsents(transaction, plan, now);
        await transaction.SetBitsAsync(
            AccountTransaction.LivingTag, [.. plan.Created.Select(contact => contact.ContactId)], on: true, settings.Cause, ct);
        if (plan.Created.Count > 0)
        {
            transaction.LimitContacts(settings.Account);
        }

        foreach (var contact in plan.Updated.Where(contact => contact.BeforeJson is not null))
        {
            transaction.LogContact(contact.ContactId, ContactChangeKind.Imported, contact.BeforeJson, settings.Cause);
        }

        var contacts = new ContactWrites(transaction, settings.Cause, now, ct);
        plan.RefusalsHeld = await tools.Refusals.HoldAsync(contacts, [.. plan.Created.Concat(plan.Updated).Select(contact => (contact.ContactId, contact.State))], ct);
        var added = 0;
        foreach (var some in holders.Chunk(TagsAtOnce))
        {
            var tagged = some.Select(tag => (tag.Key, ChunkBits.Split(tag.Value))).ToList();
            added += (await transaction.SetBitsAsync(tagged, on: true, settings.Cause, ct)).Sum(changed => changed.Count);
        }

        return added;
    }
}
