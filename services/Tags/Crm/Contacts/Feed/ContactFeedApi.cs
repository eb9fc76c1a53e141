using Crm.Contacts.V1;
using Grpc.Core;

namespace TagSegments.Tags.Crm.Contacts.Feed;

/// <summary>Serves the feed of contact events.</summary>
internal sealed class ContactFeedApi(AccountDirectory accounts, ContactFeed feed) : ContactService.ContactServiceBase
{
    public override async Task WatchContactEvents(
        WatchContactEventsRequest request, IServerStreamWriter<WatchContactEventsResponse> responseStream, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        await feed.WatchAsync(account.Id, request, responseStream, context.CancellationToken);
    }
}
