using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Crm.Contacts.V1;
using Google.Protobuf;
using Grpc.Core;
using Channel = Crm.Common.V1.Channel;

namespace TagSegments.Campaigns.Audiences;

/// <summary>Finds out how the members of an audience can be reached, and which of them may be.</summary>
internal sealed class AudienceReach(ReachService.ReachServiceClient contacts)
{
    private const int CallSize = 500_000;
    private const int DoNotDisturb = 128;

    /// <summary>Makes a draft of each member, in order of their numbers.</summary>
    public async IAsyncEnumerable<RecipientDraft> DraftAsync(
        string account, Channel channel, List<int> contactIds, bool subscribedOnly, [EnumeratorCancellation] CancellationToken ct)
    {
        // The next parts are read while the last one is processed.
        var parts = System.Threading.Channels.Channel.CreateBounded<StreamReachResponse>(4);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var reading = ReadAsync(account, channel, contactIds, parts.Writer, stop.Token);
        try
        {
            var next = 0;
            await foreach (var part in parts.Reader.ReadAllAsync(ct))
            {
                for (var i = 0; i < part.Addresses.Count; i++)
                {
                    // A missing contact was deleted since the evaluation.
                    var contactId = MemoryMarshal.Cast<byte, int>(part.ContactIds.Span)[i];
                    for (; contactIds[next] < contactId; next++)
                    {
                        yield return RecipientDraft.Missing(contactIds[next]);
                    }

                    var state = part.States[i];
                    var consent = (Consent.Types.State)(state & ~DoNotDisturb);
                    yield return RecipientDraft.Create(contactId, channel, part.Addresses[i], consent, state >= DoNotDisturb, subscribedOnly);
                    next++;
                }
            }

            for (; next < contactIds.Count; next++)
            {
                yield return RecipientDraft.Missing(contactIds[next]);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    /// <summary>The normalised addresses of the account whose owners declined.</summary>
    public async Task<HashSet<string>> DeclinedAsync(string account, Channel channel, CancellationToken ct)
    {
        var declined = new HashSet<string>();
        using var call = contacts.StreamDeclined(new StreamDeclinedRequest { Account = account, Channel = channel }, cancellationToken: ct);
        await foreach (var part in call.ResponseStream.ReadAllAsync(ct))
        {
            declined.UnionWith(part.Addresses.Select(address => Address.Key(channel, address)));
        }

        return declined;
    }

    // Ends without an exception: the reader gets it.
    private async Task ReadAsync(
        string account, Channel channel, List<int> contactIds, ChannelWriter<StreamReachResponse> parts, CancellationToken ct)
    {
        try
        {
            for (var start = 0; start < contactIds.Count; start += CallSize)
            {
                var ids = CollectionsMarshal.AsSpan(contactIds).Slice(start, Math.Min(CallSize, contactIds.Count - start));
                var request = new StreamReachRequest { Account = account, Channel = channel, ContactIds = ByteString.CopyFrom(MemoryMarshal.AsBytes(ids)) };
                using var call = contacts.StreamReach(request, cancellationToken: ct);
                await foreach (var part in call.ResponseStream.ReadAllAsync(ct))
                {
                    await parts.WriteAsync(part, ct);
                }
            }

            parts.Complete();
        }
        catch (Exception e)
        {
            parts.Complete(e);
        }
    }
}
