using System.Globalization;
using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Crm.Timeline;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>Serves the reads of contacts; the other parts serve changes and the feed.</summary>
internal sealed partial class ContactApi(ContactCalls calls, ContactStore store, ContactFeed feed, ContactTimeline timeline)
    : ContactService.ContactServiceBase
{
    private const int MaxBatch = 1_000;
    private const int MaxTimelinePage = 100;

    public override async Task<GetContactResponse> GetContact(GetContactRequest request, ServerCallContext context)
    {
        if (request.KeyCase == GetContactRequest.KeyOneofCase.None)
        {
            throw RpcErrors.InvalidField("contact_id", "is required, or external_id instead");
        }

        var account = await calls.AccountAsync(request.Account, context);

        var byNumber = request.KeyCase == GetContactRequest.KeyOneofCase.ContactId;
        var row = byNumber
            ? await store.FindAsync(account.Id, request.ContactId, context.CancellationToken)
            : await store.FindAsync(account.Id, request.ExternalId.Trim(), context.CancellationToken);
        var key = byNumber ? request.ContactId.ToString(CultureInfo.InvariantCulture) : request.ExternalId;
        return new GetContactResponse
        {
            Contact = (row ?? throw RpcErrors.NotFound("contact", key)).ToProto(await calls.FieldsAsync(account, context)),
        };
    }

    public override async Task<ListContactsResponse> ListContacts(ListContactsRequest request, ServerCallContext context)
    {
        new FieldChecks()
            .Require(request.Search.Length <= 200, "search", "is longer than 200 characters")
            .Require(!request.Search.Contains('\0'), "search", "must not contain the character U+0000")
            .ThrowIfAny();
        var account = await calls.AccountAsync(request.Account, context);

        var (rows, next) = await store.ReadPageAsync(account.Id, request, context.CancellationToken);
        var fields = await calls.FieldsAsync(account, context);
        return new ListContactsResponse { Contacts = { rows.Select(row => row.ToProto(fields)) }, NextPageToken = next };
    }

    public override async Task<BatchGetContactsResponse> BatchGetContacts(BatchGetContactsRequest request, ServerCallContext context)
    {
        if (request.ContactIds.Count > MaxBatch)
        {
            throw RpcErrors.InvalidField("contact_ids", $"has more than {MaxBatch} entries");
        }

        var account = await calls.AccountAsync(request.Account, context);

        var rows = await store.GetAsync(account.Id, [.. request.ContactIds], context.CancellationToken);

        var fields = await calls.FieldsAsync(account, context);
        return new BatchGetContactsResponse { Contacts = { rows.Select(row => row.ToProto(fields)) } };
    }

    public override async Task<ListConsentHistoryResponse> ListConsentHistory(ListConsentHistoryRequest request, ServerCallContext context)
    {
        var account = await calls.AccountAsync(request.Account, context);
        var contact = await FindAsync(account, request.ContactId, context);

        return new ListConsentHistoryResponse { Changes = { await store.ConsentsAsync(account.Id, contact, context.CancellationToken) } };
    }

    public override async Task<ListContactTimelineResponse> ListContactTimeline(ListContactTimelineRequest request, ServerCallContext context)
    {
        if (request.PageSize is < 0 or > MaxTimelinePage)
        {
            throw RpcErrors.InvalidField("page_size", $"must be 1 to {MaxTimelinePage}, or 0 for 50");
        }

        var account = await calls.AccountAsync(request.Account, context);
        await FindAsync(account, request.ContactId, context);

        return await timeline.ReadAsync(account, request, context.CancellationToken);
    }

    public override async Task WatchContactEvents(
        WatchContactEventsRequest request, IServerStreamWriter<WatchContactEventsResponse> responseStream, ServerCallContext context)
    {
        var account = await calls.AccountAsync(request.Account, context);

        await feed.WatchAsync(account.Id, request.After, responseStream, context.CancellationToken);
    }

    private async Task<ContactRow> FindAsync(AccountInfo account, int contactId, ServerCallContext context) =>
        await store.FindAsync(account.Id, contactId, context.CancellationToken)
            ?? throw RpcErrors.NotFound("contact", contactId.ToString(CultureInfo.InvariantCulture));
}
