using System.Runtime.InteropServices;
using Crm.Contacts.V1;
using Google.Protobuf;
using Grpc.Core;
using Channel = Crm.Common.V1.Channel;

namespace TagSegments.Campaigns.Sending;

/// <summary>Finds out how the members of an audience can be reached, and which of them may be.</summary>
internal sealed class AudienceReach(ReachService.ReachServiceClient contacts)
{
    private const int CallSize = 500_000;
    private const int DoNotDisturb = 128;

    /// <summary>Makes a draft of each member, in order of their numbers; one per address is left without a reason to leave it out.</summary>
    public async Task<List<RecipientDraft>> DraftAsync(
        string account, Channel channel, List<int> contactIds, bool subscribedOnly, CancellationToken ct)
    {
        var drafts = new List<RecipientDraft>(contactIds.Count);
        for (var start = 0; start < contactIds.Count; start += CallSize)
        {
            var ids = contactIds.GetRange(start, Math.Min(CallSize, contactIds.Count - start));
            await DraftAsync(account, channel, ids, subscribedOnly, drafts, ct);
        }

        RecipientDraft.Deduplicate(drafts, await DeclinedAsync(account, channel, ct));
        return drafts;
    }

    private async Task DraftAsync(
        string account, Channel channel, List<int> contactIds, bool subscribedOnly, List<RecipientDraft> drafts, CancellationToken ct)
    {
        var request = new StreamReachRequest
        {
            Account = account,
            Channel = channel,
            ContactIds = ByteString.CopyFrom(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(contactIds))),
        };
        using var call = contacts.StreamReach(request, cancellationToken: ct);
        var next = 0;
        await foreach (var part in call.ResponseStream.ReadAllAsync(ct))
        {
            for (var i = 0; i < part.Addresses.Count; i++)
            {
                // Whoever is missing was deleted since the evaluation.
                var contactId = MemoryMarshal.Cast<byte, int>(part.ContactIds.Span)[i];
                for (; contactIds[next] < contactId; next++)
                {
                    drafts.Add(RecipientDraft.Missing(contactIds[next]));
                }

                var state = part.States[i];
                var consent = (Consent.Types.State)(state & ~DoNotDisturb);
                drafts.Add(RecipientDraft.Create(contactId, channel, part.Addresses[i], consent, state >= DoNotDisturb, subscribedOnly));
                next++;
            }
        }

        drafts.AddRange(contactIds.Skip(next).Select(RecipientDraft.Missing));
    }

    private async Task<HashSet<string>> DeclinedAsync(string account, Channel channel, CancellationToken ct)
    {
        var declined = new HashSet<string>();
        using var call = contacts.StreamDeclined(new StreamDeclinedRequest { Account = account, Channel = channel }, cancellationToken: ct);
        await foreach (var part in call.ResponseStream.ReadAllAsync(ct))
        {
            declined.UnionWith(part.Addresses.Select(address => Suppressions.Address.Key(channel, address)));
        }

        return declined;
    }
}
