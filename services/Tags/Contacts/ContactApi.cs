using System.Globalization;
using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;

namespace TagSegments.Tags.Contacts;

/// <summary>Serves the reads of contacts; the other parts serve changes and the feed.</summary>
internal sealed partial class ContactApi(ContactCalls calls, ContactStore store, PageTokens pages, ContactFeed feed)
    : ContactService.ContactServiceBase
{
    private const int MaxBatch = 1_000;

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
        var size = PageSize.Read(request.PageSize);
        new FieldChecks()
            .Require(request.Search.Length <= 200, "search", "is longer than 200 characters")
            .Require(!request.Search.Contains('\0'), "search", "must not contain the character U+0000")
            .ThrowIfAny();
        var account = await calls.AccountAsync(request.Account, context);
        var after = int.Parse(pages.Read(request) ?? "0", CultureInfo.InvariantCulture);

        var rows = await store.ListAsync(
            account.Id, request.Search.Trim(), request.ShowDeleted, after, size + 1, context.CancellationToken);

        var fields = await calls.FieldsAsync(account, context);
        var response = new ListContactsResponse { Contacts = { rows.Take(size).Select(row => row.ToProto(fields)) } };
        response.NextPageToken = rows.Count > size
            ? pages.Create(request, rows[size - 1].ContactId.ToString(CultureInfo.InvariantCulture))
            : "";
        return response;
    }

    public override async Task<BatchGetContactsResponse> BatchGetContacts(BatchGetContactsRequest request, ServerCallContext context)
    {
        if (request.ContactIds.Count > MaxBatch)
        {
            throw RpcErrors.InvalidField("contact_ids", $"are more than {MaxBatch}");
        }

        var account = await calls.AccountAsync(request.Account, context);

        var rows = await store.GetAsync(account.Id, [.. request.ContactIds], context.CancellationToken);

        var fields = await calls.FieldsAsync(account, context);
        return new BatchGetContactsResponse { Contacts = { rows.Select(row => row.ToProto(fields)) } };
    }

    public override async Task WatchContactEvents(
        WatchContactEventsRequest request, IServerStreamWriter<WatchContactEventsResponse> responseStream, ServerCallContext context)
    {
        var account = await calls.AccountAsync(request.Account, context);

        await feed.WatchAsync(account.Id, request.After, responseStream, context.CancellationToken);
    }
}
