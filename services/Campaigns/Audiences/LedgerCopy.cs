using Crm.Campaigns.V1;
using Google.Protobuf;
using Npgsql;
using NpgsqlTypes;
using TagSegments.Campaigns.AbTests;
using TagSegments.Campaigns.Ledger;
using TagSegments.Campaigns.Schema;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Audiences;

/// <summary>Writes the members of an audience into the ledger and divides the recipients of a message into batches.</summary>
internal sealed class LedgerCopy : IAsyncDisposable
{
    private readonly NpgsqlBinaryImporter _rows;
    private readonly PreparingCampaign _campaign;
    private readonly AbTest? _test;
    private readonly Dictionary<BatchPart, (int First, int Last, int Count)> _cut = [];
    private readonly List<(BatchPart Part, int First, int Last)> _batches = [];

    private LedgerCopy(NpgsqlBinaryImporter rows, PreparingCampaign campaign)
    {
        _rows = rows;
        _campaign = campaign;
        _test = campaign.AbTest is null ? null : JsonParser.Default.Parse<AbTest>(campaign.AbTest);
    }

    public static async Task<LedgerCopy> BeginAsync(NpgsqlConnection connection, PreparingCampaign campaign, CancellationToken ct)
    {
        const string sql =
            """
            COPY campaigns.recipient (account_id, campaign_id, contact_id, channel, address, address_key, state, reason, consent, variant)
            FROM STDIN (FORMAT BINARY)
            """;
        return new LedgerCopy(await connection.BeginBinaryImportAsync(sql, ct), campaign);
    }

    public async ValueTask WriteAsync(RecipientDraft draft, CancellationToken ct)
    {
        var gets = draft.Reason == Recipient.Types.Reason.Unspecified;
        var variant = Variants.Of(_test, _campaign.CampaignId, draft.ContactId);
        await _rows.StartRowAsync(ct);
        await _rows.WriteAsync(_campaign.AccountId, NpgsqlDbType.Integer, ct);
        await _rows.WriteAsync(_campaign.CampaignId, NpgsqlDbType.Uuid, ct);
        await _rows.WriteAsync(draft.ContactId, NpgsqlDbType.Integer, ct);
        await _rows.WriteAsync(_campaign.Channel, NpgsqlDbType.Smallint, ct);
        await _rows.WriteAsync(draft.Address, NpgsqlDbType.Text, ct);
        await (gets ? _rows.WriteAsync(draft.AddressKey, NpgsqlDbType.Text, ct) : _rows.WriteNullAsync(ct));
        await _rows.WriteAsync((short)(gets ? State.Pending : State.Skipped), NpgsqlDbType.Smallint, ct);
        await _rows.WriteAsync((short)draft.Reason, NpgsqlDbType.Smallint, ct);
        await _rows.WriteAsync((short)draft.Consent, NpgsqlDbType.Smallint, ct);
        await _rows.WriteAsync(variant, NpgsqlDbType.Smallint, ct);
        if (gets)
        {
            Cut(_test is null ? BatchPart.Everyone : variant > 0 ? BatchPart.Tested : BatchPart.Rest, draft.ContactId);
        }
    }

    /// <summary>Ends the copy and returns the batches.</summary>
    public async Task<IReadOnlyList<(BatchPart Part, int First, int Last)>> CompleteAsync(CancellationToken ct)
    {
        await _rows.CompleteAsync(ct);
        _batches.AddRange(_cut.Where(cut => cut.Value.Count > 0).Select(cut => (cut.Key, cut.Value.First, cut.Value.Last)));
        return _batches;
    }

    public ValueTask DisposeAsync() => _rows.DisposeAsync();

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
