using Crm.Common.V1;
using Crm.Contacts.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>Serves the changes of contacts.</summary>
internal sealed partial class ContactApi
{
    public override async Task<CreateContactResponse> CreateContact(CreateContactRequest request, ServerCallContext context)
    {
        var contact = request.Contact ?? new Contact();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var catalog = await FieldsAsync(account, context);
        var edit = ContactEdit.Read(contact, null, catalog);

        var contactId = await store.TakeNumberAsync(account.Id, context.CancellationToken);
        return await WriteAsync(
            account, context, request, request.Cause,
            async contacts =>
            {
                var created = await HoldAsync(contacts, contacts.CreateAsync(contactId, edit), context);
                contacts.Transaction.LimitContacts(account);
                return new CreateContactResponse { Contact = created.ToProto(catalog) };
            },
            (response, token) => response.ConsistencyToken = token);
    }

    public override async Task<UpdateContactResponse> UpdateContact(UpdateContactRequest request, ServerCallContext context)
    {
        var contact = request.Contact ?? throw RpcErrors.InvalidField("contact", "is required");
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var catalog = await FieldsAsync(account, context);
        var edit = ContactEdit.Read(contact, request.UpdateMask, catalog);

        return await WriteAsync(
            account, context, request, request.Cause,
            async contacts => new UpdateContactResponse
            {
                Contact = (await HoldAsync(contacts, contacts.UpdateAsync(contact.ContactId, contact.Version, edit), context)).ToProto(catalog),
            },
            (response, token) => response.ConsistencyToken = token);
    }

    public override async Task<DeleteContactResponse> DeleteContact(DeleteContactRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var catalog = await FieldsAsync(account, context);

        return await WriteAsync(
            account, context, request, request.Cause,
            async contacts => new DeleteContactResponse { Contact = (await contacts.DeleteAsync(request.ContactId)).ToProto(catalog) },
            (response, token) => response.ConsistencyToken = token);
    }

    public override async Task<RestoreContactResponse> RestoreContact(RestoreContactRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var catalog = await FieldsAsync(account, context);

        return await WriteAsync(
            account, context, request, request.Cause,
            async contacts =>
            {
                var restored = await contacts.RestoreAsync(request.ContactId);
                contacts.Transaction.LimitContacts(account);
                return new RestoreContactResponse { Contact = restored.ToProto(catalog) };
            },
            (response, token) => response.ConsistencyToken = token);
    }

    public override async Task<SetConsentResponse> SetConsent(SetConsentRequest request, ServerCallContext context)
    {
        var consent = request.Consent ?? throw RpcErrors.InvalidField("consent", "is required");
        new FieldChecks()
            .Require(consent.Channel is Channel.Email or Channel.Sms, "consent.channel", "must be e-mail or SMS")
            .Require(
                consent.State is Consent.Types.State.Never or Consent.Types.State.Subscribed or Consent.Types.State.Unsubscribed,
                "consent.state",
                "is required")
            .RequireTime(consent.Time, "consent.time")
            .Require(consent.Time is null || consent.Time.Seconds >= 0, "consent.time", "must not lie before 1970")
            .Require(consent.Source.Length <= 200, "consent.source", "is longer than 200 characters")
            .Require(!consent.Source.Any(char.IsControl), "consent.source", "must not contain control characters")
            .Require(consent.Time is null || IsPast(consent.Time), "consent.time", "must not lie in the future")
            .ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var catalog = await FieldsAsync(account, context);

        return await WriteAsync(
            account, context, request, request.Cause,
            async contacts => new SetConsentResponse
            {
                Contact = (consent.State == Consent.Types.State.Unsubscribed
                    ? await contacts.RefuseAsync(request.ContactId, consent)
                    : await contacts.SetConsentAsync(request.ContactId, consent)).ToProto(catalog),
            },
            (response, token) => response.ConsistencyToken = token);
    }

    // An address that was erased while it was refused is still refused.
    private async Task<ContactRow> HoldAsync(ContactWrites contacts, Task<ContactRow> written, ServerCallContext context) =>
        await refusals.HoldAsync(contacts, await written, context.CancellationToken);

    // Runs a change of contacts as the one effect of its call.
    private Task<T> WriteAsync<T>(
        AccountInfo account, ServerCallContext context, IMessage request, Cause? cause,
        Func<ContactWrites, Task<T>> effect, Action<T, string> prove)
        where T : class, IMessage<T>, new()
    {
        var why = ChangeCause.FromProto(cause, context, skipWorkflows: false);
        return writes.RunAsync(
            account, context, request,
            transaction => effect(new ContactWrites(transaction, why, time.GetUtcNow(), context.CancellationToken)),
            prove);
    }

    private bool IsPast(Timestamp instant) =>
        instant is { Seconds: >= -62_135_596_800, Nanos: >= 0 and < 1_000_000_000 }
        && instant <= Timestamp.FromDateTimeOffset(time.GetUtcNow());
}
