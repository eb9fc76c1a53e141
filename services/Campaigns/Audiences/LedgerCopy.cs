using Crm.Campaigns.V1;
using Dapper;
using Google.Protobuf;
using Npgsql;
using TagSegments.Campaigns.AbTests;
using TagSegments.Campaigns.Ledger;
using TagSegments.Campaigns.Schema;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Audiences;

/// <summary>
/// Writes the members of an audience into the ledger, in pieces that give way to calls of others and are written while the next ones are read, and
/// divides the recipients of a message into batches. Dispose of it before its transaction.
/// </summary>
internal sealed class LedgerCopy(NpgsqlTransaction tx, PreparingCampaign campaign, BackgroundPace pace) : IAsyncDisposable
{
    private const int RowsAtOnce = 10_000;
    private const int FewRows = 1_000;
    private readonly AbTest? _test = campaign.AbTest is null ? null : JsonParser.Default.Parse<AbTest>(campaign.AbTest);
    private readonly Dictionary<BatchPart, (int First, int Last, int Count)> _cut = [];
    private readonly List<(BatchPart Part, int First, int Last)> _batches = [];
    private List<(RecipientDraft Draft, short Variant)> _rows = new(RowsAtOnce);
    private Task _writing = Task.CompletedTask;

    /// <summary>Adds a member.</summary>
    public async ValueTask WriteAsync(RecipientDraft draft, CancellationToken ct)
    {
        var variant = Variants.Of(_test, campaign.CampaignId, draft.ContactId);
        _rows.Add((draft, variant));
        if (Gets(draft))
        {
            Cut(_test is null ? BatchPart.Everyone : variant > 0 ? BatchPart.Tested : BatchPart.Rest, draft.ContactId);
        }

        if (_rows.Count >= FewRows && (_rows.Count == RowsAtOnce || pace.GivesWay(campaign.AccountId)))
        {
            await HandOverAsync(ct);
        }
    }

    /// <summary>Writes the last members and returns the batches.</summary>
    public async Task<IReadOnlyList<(BatchPart Part, int First, int Last)>> CompleteAsync(CancellationToken ct)
    {
        await HandOverAsync(ct);
        await _writing;
        _batches.AddRange(_cut.Where(cut => cut.Value.Count > 0).Select(cut => (cut.Key, cut.Value.First, cut.Value.Last)));
        return _batches;
    }

    /// <summary>Waits for the piece that is being written: its connection is used until then.</summary>
    public async ValueTask DisposeAsync() => await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static bool Gets(RecipientDraft draft) => draft.Reason == Recipient.Types.Reason.Unspecified;

    private async Task HandOverAsync(CancellationToken ct)
    {
        await _writing;
        var rows = _rows;
        _rows = new(RowsAtOnce);
        _writing = Task.Run(() => pace.RunAsync(campaign.AccountId, () => InsertAsync(rows, ct), ct), ct);
    }

    // COPY does not go together with row-level security.
    private Task<int> InsertAsync(List<(RecipientDraft Draft, short Variant)> rows, CancellationToken ct)
    {
        const string sql =
            $"""
            INSERT INTO campaigns.recipient (account_id, campaign_id, contact_id, channel, address, address_key, state, reason, consent, variant)
            SELECT @AccountId, @CampaignId, contact_id, @Channel, address, address_key,
                CASE reason WHEN {RecipientReasons.Unspecified} THEN {RecipientStates.Pending} ELSE {RecipientStates.Skipped} END,
                reason, consent, variant
            FROM unnest(@contacts, @addresses, @keys, @reasons, @consents, @variants)
                AS r (contact_id, address, address_key, reason, consent, variant)
            """;
        var parameters = new
        {
            campaign.AccountId,
            campaign.CampaignId,
            campaign.Channel,
            contacts = rows.ConvertAll(row => row.Draft.ContactId).ToArray(),
            addresses = rows.ConvertAll(row => row.Draft.Address).ToArray(),
            keys = rows.ConvertAll(row => Gets(row.Draft) ? row.Draft.AddressKey : null).ToArray(),
            reasons = rows.ConvertAll(row => (short)row.Draft.Reason).ToArray(),
            consents = rows.ConvertAll(row => (short)row.Draft.Consent).ToArray(),
            variants = rows.ConvertAll(row => row.Variant).ToArray(),
        };
        return tx.Connection!.ExecuteAsync(new CommandDefinition(sql, parameters, tx, commandTimeout: 0, cancellationToken: ct));
    }

    private void Cut(BatchPart part, int contactId)
    {
        var (first, _, count) = _cut.GetValueOrDefault(part);
        _cut[part] = (count == 0 ? contactId : first, contactId, count + 1);
        if (count + 1 == BatchStore.Size)
        {
            _batches.Add((part, _cut[part].First, contactId));
            _cut[part] = default;
        }
    }
}
