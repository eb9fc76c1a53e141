using System.Runtime.InteropServices;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Grpc.Core;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>Serves senders of messages with the addresses and consents of contacts.</summary>
internal sealed class ReachApi(AccountDirectory accounts, ReachStore store, BackgroundTurns turns) : ReachService.ReachServiceBase
{
    private const int MaxContacts = 500_000;
    private const int PartSize = 8_192;
    private const int DeclinedPartSize = 4_096;

    public override async Task StreamReach(
        StreamReachRequest request, IServerStreamWriter<StreamReachResponse> responseStream, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        // The bytes are the numbers as this machine holds them: every platform of .NET is little-endian.
        var contactIds = MemoryMarshal.Cast<byte, int>(request.ContactIds.Span).ToArray();
        new FieldChecks()
            .Require(Enum.IsDefined(request.Channel), "channel", "is not a channel")
            .Require(request.ContactIds.Length % sizeof(int) == 0, "contact_ids", "are not whole numbers of 4 bytes")
            .Require(contactIds.Length <= MaxContacts, "contact_ids", $"has more than {MaxContacts} contacts")
            .Require(IsAscending(contactIds), "contact_ids", "is not ascending")
            .ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, ct);

        foreach (var part in contactIds.Chunk(PartSize))
        {
            var response = await turns.RunAsync(account, () => store.ReadAsync(account.Id, request.Channel == Channel.Sms, part, ct), ct);
            await responseStream.WriteAsync(response, ct);
        }
    }

    public override async Task StreamDeclined(
        StreamDeclinedRequest request, IServerStreamWriter<StreamDeclinedResponse> responseStream, ServerCallContext context)
    {
        new FieldChecks().Require(Enum.IsDefined(request.Channel), "channel", "is not a channel").ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        List<(int ContactId, string Address)> part;
        var after = 0;
        do
        {
            part = await store.ReadDeclinedAsync(account.Id, request.Channel == Channel.Sms, after, DeclinedPartSize, context.CancellationToken);
            after = part.LastOrDefault().ContactId;
            await responseStream.WriteAsync(
                new StreamDeclinedResponse { Addresses = { part.Select(declined => declined.Address) } }, context.CancellationToken);
        }
        while (part.Count == DeclinedPartSize);
    }

    private static bool IsAscending(ReadOnlySpan<int> numbers)
    {
        for (var i = 1; i < numbers.Length; i++)
        {
            if (numbers[i] <= numbers[i - 1])
            {
                return false;
            }
        }

        return true;
    }
}
