using System.Buffers.Binary;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Google.Protobuf;
using Grpc.Core;
using Npgsql;
using Channel = Crm.Common.V1.Channel;

namespace TagSegments.Campaigns.Sending;

/// <summary>
/// Evaluates a campaign's audience once and freezes it: segments, contacts, addresses, consent and suppression, then the ledger together
/// with the campaign's new state in one transaction. Until that commits nothing has happened.
/// </summary>
internal sealed class AudiencePreparer(
    SegmentService.SegmentServiceClient segments, ContactService.ContactServiceClient contacts, NpgsqlDataSource database,
    ILogger<AudiencePreparer> logger)
{
    private const int LookupSize = 1_000;

    public async Task PrepareAsync(PreparingCampaign campaign, CancellationToken ct)
    {
        var audience = JsonParser.Default.Parse<Audience>(campaign.Audience);
        var evaluation = await EvaluateAsync(campaign, audience, ct);
        var channel = (Channel)campaign.Channel;
        var drafts = new List<RecipientDraft>(evaluation.ContactIds.Count);
        foreach (var chunk in evaluation.ContactIds.Chunk(LookupSize))
        {
            drafts.AddRange(await DraftAsync(campaign, chunk, channel, audience.SubscribedOnly, ct));
        }

        RecipientDraft.Deduplicate(drafts);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        await AudienceSnapshot.SuppressAsync(tx, campaign.AccountId, channel, drafts, ct);
        if (await AudienceSnapshot.FreezeAsync(tx, campaign, evaluation, drafts, ct))
        {
            await tx.CommitAsync(ct);
            logger.AudienceFrozen(campaign.CampaignId, drafts.Count);
        }
    }

    private async Task<Evaluation> EvaluateAsync(PreparingCampaign campaign, Audience audience, CancellationToken ct)
    {
        var request = new StreamMatchesRequest
        {
            Account = campaign.AccountName,
            Source = audience.Include[0],
            Include = { audience.Include.Skip(1) },
            Exclude = { audience.Exclude },
        };
        using var call = segments.StreamMatches(request, cancellationToken: ct);
        var ids = new List<int>();
        StreamMatchesResponse? first = null;
        await foreach (var part in call.ResponseStream.ReadAllAsync(ct))
        {
            first ??= part;
            AddIds(ids, part.ContactIds.Span);
        }

        // A stream that ended early must not become an audience.
        return first is not null && first.Total == ids.Count
            ? new Evaluation(ids, first.EvaluationTime.ToDateTime(), first.Versions)
            : throw new InvalidOperationException($"The segment service sent {ids.Count} of {first?.Total ?? 0} contacts.");
    }

    private static void AddIds(List<int> ids, ReadOnlySpan<byte> bytes)
    {
        for (; !bytes.IsEmpty; bytes = bytes[4..])
        {
            ids.Add(BinaryPrimitives.ReadInt32LittleEndian(bytes));
        }
    }

    private async Task<IEnumerable<RecipientDraft>> DraftAsync(
        PreparingCampaign campaign, int[] contactIds, Channel channel, bool subscribedOnly, CancellationToken ct)
    {
        var request = new BatchGetContactsRequest { Account = campaign.AccountName, ContactIds = { contactIds } };
        var response = await contacts.BatchGetContactsAsync(request, cancellationToken: ct);
        var found = response.Contacts.ToDictionary(contact => contact.ContactId);
        return contactIds.Select(id => RecipientDraft.Create(id, found.GetValueOrDefault(id), channel, subscribedOnly));
    }
}

/// <summary>The result of evaluating an audience.</summary>
internal sealed record Evaluation(List<int> ContactIds, DateTime At, IEnumerable<SegmentVersion> Versions);
