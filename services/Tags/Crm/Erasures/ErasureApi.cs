using Crm.Common.V1;
using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Contacts;
using Key = Crm.Contacts.V1.EraseContactRequest.KeyOneofCase;

namespace TagSegments.Tags.Crm.Erasures;

/// <summary>Serves the erasure of people.</summary>
internal sealed class ErasureApi(
    AccountDirectory accounts, AccountWrites writes, ErasureStore store, ContactErasure erasure, ErasureRunner runner, TimeProvider time)
    : ContactService.ContactServiceBase
{
    public override async Task<EraseContactResponse> EraseContact(EraseContactRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var address = AddressOf(request, account);
        Check(request, address);

        var response = await writes.RunAsync(
            account,
            context,
            store.Anonymous(account.Id, request),
            transaction => EraseAsync(transaction, request, address, context),
            (answer, token) => answer.ConsistencyToken = token);
        if (address is not null && response.Erasures.Count == 0)
        {
            await erasure.RunAsync(account, address, request.ForgetRefusals, context.CancellationToken);
        }

        runner.Wake();
        return response;
    }

    public override async Task<ListErasuresResponse> ListErasures(ListErasuresRequest request, ServerCallContext context)
    {
        var size = PageSize.Read(request.PageSize);
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        return await store.ReadPageAsync(account.Id, request, size, context.CancellationToken);
    }

    private static PersonAddress? AddressOf(EraseContactRequest request, AccountInfo account) => request.KeyCase switch
    {
        Key.Email => new(Channel.Email, request.Email),
        Key.Phone => new(Channel.Sms, PhoneNumber.Key(request.Phone, account.Country)),
        _ => null,
    };

    private static void Check(EraseContactRequest request, PersonAddress? address) => new FieldChecks()
        .Require(request.KeyCase is not Key.None, "contact_id", "is required, or external_id, email or phone instead")
        .Require(request.ExternalId.Length <= 200, "external_id", "is longer than 200 characters")
        .Require(!request.ExternalId.Contains('\0'), "external_id", "contains the character U+0000")
        .Require(address is null || (address.Key.Length is > 0 and <= 254 && !address.Text.Any(char.IsControl)),
            request.KeyCase is Key.Phone ? "phone" : "email", "is not an address")
        .ThrowIfAny();

    private async Task<EraseContactResponse> EraseAsync(
        AccountTransaction transaction, EraseContactRequest request, PersonAddress? address, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var found = await FindAsync(transaction, request, address, ct);
        var contactIds = await KnownPerson.ContactsAsync(transaction.Connection, transaction.Transaction, transaction.AccountId, found, ct);
        var cause = new ChangeCause(Cause.Types.Kind.User, context.Principal(), SkipWorkflows: true);
        var contacts = new ContactWrites(transaction, cause, time.GetUtcNow(), ct);
        foreach (var contactId in contactIds)
        {
            await contacts.EraseAsync(contactId);
        }

        var erasures = await ErasureStore.AddAsync(transaction, contactIds, cause.Actor, request.ForgetRefusals, time.GetUtcNow(), ct);
        return new EraseContactResponse { Erasures = { erasures } };
    }

    private static async Task<int[]> FindAsync(
        AccountTransaction transaction, EraseContactRequest request, PersonAddress? address, CancellationToken ct)
    {
        if (address is not null)
        {
            return await ErasureStore.FindAsync(transaction, address, ct);
        }

        var found = request.KeyCase is Key.ContactId
            ? [request.ContactId]
            : await ErasureStore.FindAsync(transaction, request.ExternalId.Trim(), ct);
        return found.Length > 0 ? found : throw RpcErrors.NotFound("contact", request.ExternalId);
    }
}
