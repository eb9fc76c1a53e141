using Crm.Common.V1;
using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>Serves the changes of contacts.</summary>
internal sealed partial class ContactApi
{
    public override async Task<CreateContactResponse> CreateContact(CreateContactRequest request, ServerCallContext context)
    {
        var contact = request.Contact ?? new Contact();
        var account = await calls.AccountAsync(request.Account, context);
        var fields = await calls.FieldsAsync(account, context);
        var state = ContactEdit.Read(contact, null, fields).Apply(new ContactState());

        var contactId = await calls.TakeNumberAsync(account, context);
        return await calls.WriteAsync(
            account, context, request, request.RequestId, request.Cause,
            async writes => new CreateContactResponse { Contact = (await writes.CreateAsync(contactId, state)).ToProto(fields) },
            (response, token) => response.ConsistencyToken = token);
    }

    public override async Task<UpdateContactResponse> UpdateContact(UpdateContactRequest request, ServerCallContext context)
    {
        var contact = request.Contact ?? throw RpcErrors.InvalidField("contact", "is required");
        var account = await calls.AccountAsync(request.Account, context);
        var fields = await calls.FieldsAsync(account, context);
        var edit = ContactEdit.Read(contact, request.UpdateMask, fields);

        return await calls.WriteAsync(
            account, context, request, request.RequestId, request.Cause,
            async writes => new UpdateContactResponse
            {
                Contact = (await writes.UpdateAsync(contact.ContactId, contact.Version, edit)).ToProto(fields),
            },
            (response, token) => response.ConsistencyToken = token);
    }

    public override async Task<DeleteContactResponse> DeleteContact(DeleteContactRequest request, ServerCallContext context)
    {
        var account = await calls.AccountAsync(request.Account, context);
        var fields = await calls.FieldsAsync(account, context);

        return await calls.WriteAsync(
            account, context, request, request.RequestId, request.Cause,
            async writes => new DeleteContactResponse { Contact = (await writes.DeleteAsync(request.ContactId)).ToProto(fields) },
            (response, token) => response.ConsistencyToken = token);
    }

    public override async Task<RestoreContactResponse> RestoreContact(RestoreContactRequest request, ServerCallContext context)
    {
        var account = await calls.AccountAsync(request.Account, context);
        var fields = await calls.FieldsAsync(account, context);

        return await calls.WriteAsync(
            account, context, request, request.RequestId, request.Cause,
            async writes => new RestoreContactResponse { Contact = (await writes.RestoreAsync(request.ContactId)).ToProto(fields) },
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
            .Require(consent.Time is null || calls.IsPast(consent.Time), "consent.time", "must not lie in the future")
            .ThrowIfAny();
        var account = await calls.AccountAsync(request.Account, context);
        var fields = await calls.FieldsAsync(account, context);

        return await calls.WriteAsync(
            account, context, request, request.RequestId, request.Cause,
            async writes => new SetConsentResponse { Contact = (await writes.SetConsentAsync(request.ContactId, consent)).ToProto(fields) },
            (response, token) => response.ConsistencyToken = token);
    }

    public override async Task<MergeContactsResponse> MergeContacts(MergeContactsRequest request, ServerCallContext context)
    {
        if (request.ContactId == request.DuplicateContactId)
        {
            throw RpcErrors.InvalidField("duplicate_contact_id", "must be another contact than contact_id");
        }

        var account = await calls.AccountAsync(request.Account, context);

        return await calls.MergeAsync(account, context, request, await calls.FieldsAsync(account, context));
    }
}
