using Crm.Common.V1;
using Crm.Contacts.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Npgsql;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>What every call about contacts begins with, and the way in which every change is made.</summary>
internal sealed class ContactCalls(NpgsqlDataSource database, AccountDirectory accounts, CallWrites calls, TimeProvider time)
{
    private readonly FieldStore _fields = new(database);

    /// <summary>Finds the account or throws NOT_FOUND.</summary>
    public ValueTask<AccountInfo> AccountAsync(string name, ServerCallContext context) => accounts.GetAsync(name, context.CancellationToken);

    /// <summary>Loads the account's contact fields.</summary>
    public Task<FieldCatalog> FieldsAsync(AccountInfo account, ServerCallContext context) =>
        _fields.LoadAsync(account.Id, Field.Types.Target.Contact, context.CancellationToken);

    /// <summary>Takes the number of a new contact.</summary>
    public Task<int> TakeNumberAsync(AccountInfo account, ServerCallContext context) =>
        IdBlocks.TakeAsync(database, account.Id, "contact", 1, context.CancellationToken);

    /// <summary>Tells whether an instant is a valid one and not later than now.</summary>
    public bool IsPast(Timestamp instant) =>
        instant is { Seconds: >= -62_135_596_800, Nanos: >= 0 and < 1_000_000_000 }
        && instant <= Timestamp.FromDateTimeOffset(time.GetUtcNow());

    /// <summary>Runs a change of contacts as the one effect of its call.</summary>
    public Task<T> WriteAsync<T>(
        AccountInfo account, ServerCallContext context, IMessage request, string requestId, Cause? cause,
        Func<ContactWrites, Task<T>> effect, Action<T, string> prove)
        where T : class, IMessage<T>, new()
    {
        var why = ChangeCause.FromProto(cause, context.Principal(), skipWorkflows: false);
        return calls.RunAsync(
            account, context, request, requestId,
            transaction => effect(new ContactWrites(transaction, why, time.GetUtcNow(), context.CancellationToken)),
            prove);
    }

    /// <summary>Merges a duplicate into a contact as the one effect of the call.</summary>
    public Task<MergeContactsResponse> MergeAsync(AccountInfo account, ServerCallContext context, MergeContactsRequest request, FieldCatalog fields)
    {
        var why = ContactMerge.Cause(context.Principal(), request.ContactId, request.DuplicateContactId);
        return calls.RunAsync(
            account, context, request, request.RequestId,
            async transaction =>
            {
                var now = time.GetUtcNow();
                var writes = new ContactWrites(transaction, why, now, context.CancellationToken);
                var merge = new ContactMerge(transaction, writes, why, now, context.CancellationToken);
                var (contact, tagIds, moved) = await merge.RunAsync(request.ContactId, request.DuplicateContactId);
                return new MergeContactsResponse { Contact = contact.ToProto(fields), AddedTagIds = { tagIds }, MovedOpportunities = moved };
            },
            (response, token) => response.ConsistencyToken = token);
    }
}
