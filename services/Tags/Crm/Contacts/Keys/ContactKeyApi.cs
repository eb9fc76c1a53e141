using Crm.Contacts.V1;
using Grpc.Core;

namespace TagSegments.Tags.Crm.Contacts.Keys;

/// <summary>Serves the search for contacts by their keys.</summary>
internal sealed class ContactKeyApi(AccountDirectory accounts, ContactLookup lookup) : ContactService.ContactServiceBase
{
    private const int MaxKeys = 1_000;

    public override async Task<ResolveContactsResponse> ResolveContacts(ResolveContactsRequest request, ServerCallContext context)
    {
        new FieldChecks().Require(request.Keys.Count is >= 1 and <= MaxKeys, "keys", $"must be 1 to {MaxKeys:N0}").ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        return new() { ContactIds = { await lookup.ResolveAsync(account.Id, request.Keys, context.CancellationToken) } };
    }
}
