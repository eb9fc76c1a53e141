using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Merging;

/// <summary>Serves the merge of a duplicate into a contact.</summary>
internal sealed class ContactMergeApi(AccountDirectory accounts, FieldStore fields, AccountWrites writes, TimeProvider time)
    : ContactService.ContactServiceBase
{
    public override async Task<MergeContactsResponse> MergeContacts(MergeContactsRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        if (request.ContactId == request.DuplicateContactId)
        {
            throw RpcErrors.InvalidField("duplicate_contact_id", "must be another contact than contact_id");
        }

        var account = await accounts.GetAsync(request.Account, ct);
        var catalog = await fields.LoadAsync(account.Id, Field.Types.Target.Contact, ct);

        return await writes.RunAsync(account, context, request, MergeAsync, (r, token) => r.ConsistencyToken = token);

        async Task<MergeContactsResponse> MergeAsync(AccountTransaction transaction)
        {
            var cause = ContactMerge.Cause(context.Principal(), request.ContactId, request.DuplicateContactId);
            var now = time.GetUtcNow();
            var merge = new ContactMerge(transaction, new ContactWrites(transaction, cause, now, ct), cause, now, ct);
            var (contact, tagIds, moved) = await merge.RunAsync(request.ContactId, request.DuplicateContactId);
            return new MergeContactsResponse { Contact = contact.ToProto(catalog), AddedTagIds = { tagIds }, MovedOpportunities = moved };
        }
    }
}
