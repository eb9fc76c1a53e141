using System.Runtime.InteropServices;
using Crm.Campaigns.V1;
using Crm.Segments.V1;
using Dapper;
using Google.Protobuf;
using Grpc.Core;
using Npgsql;
using TagSegments.Campaigns.Schema;
using TagSegments.Campaigns.Senders;
using Channel = Crm.Common.V1.Channel;

namespace TagSegments.Campaigns.Audiences;

/// <summary>
/// Evaluates a campaign's audience once and freezes it: segments, addresses, consent and suppression, then the ledger together with the
/// campaign's new state in one transaction. Nothing has happened until that commits.
/// </summary>
internal sealed class AudiencePreparer(
    SegmentService.SegmentServiceClient segments, AudienceFilters filters, AudienceReach reach, SenderRules senders, LedgerTools tools,
    ILogger<AudiencePreparer> logger)
{
    public async Task PrepareAsync(PreparingCampaign campaign, CancellationToken ct)
    {
        using var span = Spans.Of(campaign.CampaignId, "campaigns.prepare", campaign.AccountId);
        var audience = await filters.WithoutListsAsync(campaign.AccountName, JsonParser.Default.Parse<Audience>(campaign.Audience), ct);
        var channel = (Channel)campaign.Channel;
        var evaluated = await EvaluateAsync(campaign, audience, ct);
        var written = await filters.WithoutSegmentsAsync(campaign.AccountName, audience, evaluated.Versions, ct);
        var book = new AddressBook(await reach.DeclinedAsync(campaign.AccountName, channel, ct));
        await using var connection = await tools.Database.OpenAsync(campaign.AccountId, ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        // Locks nothing that others wait for before its end, and stands still while the audience is read or gives way to calls.
        await connection.ExecuteAsync(new CommandDefinition("SET LOCAL idle_in_transaction_session_timeout = '5min'", transaction: tx, cancellationToken: ct));
        // The domain may have been lost since the campaign was scheduled.
        await senders.RequireAsync(connection, campaign.AccountId, channel, JsonParser.Default.Parse<Message>(campaign.Message), "message", ct);
        await using var ledger = new LedgerCopy(tx, campaign, tools.Pace);
        await foreach (var draft in reach.DraftAsync(campaign.AccountName, channel, evaluated.ContactIds, audience.SubscribedOnly, ct))
        {
            book.Admit(draft);
            await ledger.WriteAsync(draft, ct);
        }

        await AudienceSnapshot.CutAsync(tx, campaign, await ledger.CompleteAsync(ct), ct);
        await AudienceSnapshot.SuppressAsync(tx, campaign, ct);
        await AudienceSnapshot.ForgetAsync(tx, campaign, ct);
        // Some may have declined while the others were read.
        var declined = await reach.DeclinedAsync(campaign.AccountName, channel, ct);
        await AudienceSnapshot.LeaveOutAsync(tx, campaign, [.. declined.Except(book.Declined)], ct);
        if (await AudienceSnapshot.StartAsync(tx, campaign, evaluated, written, ct))
        {
            await tx.CommitAsync(ct);
            span?.SetTag("campaigns.recipients", evaluated.ContactIds.Count);
            logger.AudienceFrozen(campaign.CampaignId, evaluated.ContactIds.Count);
        }
    }

    private async Task<EvaluatedAudience> EvaluateAsync(PreparingCampaign campaign, Audience audience, CancellationToken ct)
    {
        var request = new StreamMatchesRequest
        {
            Account = campaign.AccountName,
            Source = audience.Include[0],
            Include = { audience.Include.Skip(1) },
            Exclude = { audience.Exclude },
            RequireExpectations = true,
        };
        using var call = segments.StreamMatches(request, cancellationToken: ct);
        var ids = new List<int>();
        StreamMatchesResponse? first = null;
        await foreach (var part in call.ResponseStream.ReadAllAsync(ct))
        {
            first ??= part;
            // The bytes are the numbers as this machine holds them: every platform of .NET is little-endian.
            ids.AddRange(MemoryMarshal.Cast<byte, int>(part.ContactIds.Span));
        }

        // A stream that ended early must not become an audience.
        return first is not null && first.Total == ids.Count
            ? new EvaluatedAudience(ids, first.EvaluationTime.ToDateTime(), first.Versions)
            : throw new InvalidOperationException($"The segment service sent {ids.Count} of {first?.Total ?? 0} contacts.");
    }
}

/// <summary>The members of an audience, and the versions of segments from which they follow.</summary>
internal sealed record EvaluatedAudience(List<int> ContactIds, DateTime At, IEnumerable<SegmentVersion> Versions);

/// <summary>What audiences are written with.</summary>
internal sealed record LedgerTools(AccountDatabase Database, BackgroundPace Pace);
