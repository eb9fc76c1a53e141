using System.Globalization;
using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>Serves the reads of contacts; the other part serves changes.</summary>
internal sealed partial class ContactApi(
    AccountDirectory accounts, FieldStore fields, ContactStore store, AccountWrites writes, KeptRefusals refusals, TimeProvider time)
    : ContactService.ContactServiceBase
{
    private const int MaxBatch = 1_000;

    public override async Task<GetContactResponse> GetContact(GetContactRequest request, ServerCallContext context)
    {
        new FieldChecks()
            .Require(request.KeyCase != GetContactRequest.KeyOneofCase.None, "contact_id", "is required, or external_id or email instead")
            .Require(!request.HasEmail || IsEmail(request.Email), "email", "is not an e-mail address")
            .ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var (row, key) = request.KeyCase switch
        {
            GetContactRequest.KeyOneofCase.ContactId => (
                await store.FindAsync(account.Id, request.ContactId, context.CancellationToken), request.ContactId.ToString(CultureInfo.InvariantCulture)),
            GetContactRequest.KeyOneofCase.Email => (await store.FindByEmailAsync(account.Id, request.Email, context.CancellationToken), request.Email),
            _ => (await store.FindAsync(account.Id, request.ExternalId.Trim(), context.CancellationToken), request.ExternalId),
        };
        return new GetContactResponse
        {
            Contact = (row ?? throw RpcErrors.NotFound("contact", key)).ToProto(await FieldsAsync(account, context)),
        };
    }

    public override async Task<BatchGetContactsResponse> BatchGetContacts(BatchGetContactsRequest request, ServerCallContext context)
    {
        if (request.ContactIds.Count > MaxBatch)
        {
            throw RpcErrors.InvalidField("contact_ids", $"has more than {MaxBatch} entries");
        }

        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        var rows = await store.GetAsync(account.Id, [.. request.ContactIds], context.CancellationToken);
        var catalog = await FieldsAsync(account, context);
        return new BatchGetContactsResponse { Contacts = { rows.Select(row => row.ToProto(catalog)) } };
    }

    public override async Task<ResolveMergedContactsResponse> ResolveMergedContacts(
        ResolveMergedContactsRequest request, ServerCallContext context)
    {
        if (request.ContactIds.Count > MaxBatch)
        {
            throw RpcErrors.InvalidField("contact_ids", $"has more than {MaxBatch} entries");
        }

        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        return new() { MergedContacts = { await store.MergedAsync(account.Id, [.. request.ContactIds], context.CancellationToken) } };
    }

    public override async Task<ListConsentHistoryResponse> ListConsentHistory(ListConsentHistoryRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        var contact = await store.FindAsync(account.Id, request.ContactId, context.CancellationToken) ?? throw NotFound(request.ContactId);
        return new ListConsentHistoryResponse { Changes = { await store.ConsentsAsync(account.Id, contact, context.CancellationToken) } };
    }

    // Contacts may have odd addresses.
    private static bool IsEmail(string text) => text.Contains('@', StringComparison.Ordinal) && !text.Any(char.IsControl);

    private Task<FieldCatalog> FieldsAsync(AccountInfo account, ServerCallContext context) =>
        fields.LoadAsync(account.Id, Field.Types.Target.Contact, context.CancellationToken);

    private static RpcException NotFound(int contactId) => RpcErrors.NotFound("contact", contactId.ToString(CultureInfo.InvariantCulture));
}
