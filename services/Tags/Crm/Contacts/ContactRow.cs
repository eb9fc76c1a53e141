using Crm.Common.V1;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>A contact as the database has it.</summary>
internal sealed class ContactRow
{
    /// <summary>The columns, as every statement selects them.</summary>
    public const string Columns = """
        contact_id, external_id, email, email_key, phone, phone_key, first_name, last_name, time_zone, language, fields::text AS fields,
        email_consent, email_consent_source, email_consent_at, sms_consent, sms_consent_source, sms_consent_at,
        do_not_disturb, created_at, updated_at, deleted_at, merged_into, erased_at, version
        """;

    public int ContactId { get; init; }
    public string? ExternalId { get; init; }
    public string? Email { get; init; }
    public string? EmailKey { get; init; }
    public string? Phone { get; init; }
    public string? PhoneKey { get; init; }
    public string? FirstName { get; init; }
    public string? LastName { get; init; }
    public string? TimeZone { get; init; }
    public string? Language { get; init; }
    public string Fields { get; init; } = "{}";
    public short EmailConsent { get; init; }
    public string? EmailConsentSource { get; init; }
    public DateTime? EmailConsentAt { get; init; }
    public short SmsConsent { get; init; }
    public string? SmsConsentSource { get; init; }
    public DateTime? SmsConsentAt { get; init; }
    public bool DoNotDisturb { get; init; }
    public DateTime CreatedAt { get; init; }
    public DateTime UpdatedAt { get; init; }
    public DateTime? DeletedAt { get; init; }
    public int? MergedInto { get; init; }
    public DateTime? ErasedAt { get; init; }
    public long Version { get; init; }

    /// <summary>Returns the values that callers can set.</summary>
    public ContactState ToState() => new()
    {
        [ContactAttribute.ExternalId] = ExternalId,
        [ContactAttribute.Email] = Email,
        [ContactAttribute.Phone] = Phone,
        [ContactAttribute.FirstName] = FirstName,
        [ContactAttribute.LastName] = LastName,
        [ContactAttribute.TimeZone] = TimeZone,
        [ContactAttribute.Language] = Language,
        DoNotDisturb = DoNotDisturb,
        EmailKey = EmailKey,
        PhoneKey = PhoneKey,
        Fields = FieldValues.Parse(Fields),
        UpdatedAt = UpdatedAt,
    };

    /// <summary>Returns the message, with the values of the fields in the catalog. Nothing of an erased contact is shown, also while it is there.</summary>
    public Contact ToProto(FieldCatalog catalog) => ErasedAt is { } erased
        ? new()
        {
            ContactId = ContactId,
            CreateTime = Timestamp.FromDateTime(CreatedAt),
            DeleteTime = DeletedAt is { } deleted ? Timestamp.FromDateTime(deleted) : null,
            EraseTime = Timestamp.FromDateTime(erased),
            Version = Version,
        }
        : ToKnownProto(catalog);

    private Contact ToKnownProto(FieldCatalog catalog) => new()
    {
        ContactId = ContactId,
        ExternalId = ExternalId ?? "",
        Email = Email ?? "",
        Phone = Phone ?? "",
        E164Phone = (PhoneKey ?? PhoneNumber.Plain(Phone ?? "")) is ['+', ..] key && !key.Contains(';', StringComparison.Ordinal) ? key : "",
        FirstName = FirstName ?? "",
        LastName = LastName ?? "",
        TimeZone = TimeZone ?? "",
        Language = Language ?? "",
        Fields = FieldStruct.ToProto(FieldValues.Parse(Fields), catalog),
        Consents = { Consents() },
        DoNotDisturb = DoNotDisturb,
        CreateTime = Timestamp.FromDateTime(CreatedAt),
        UpdateTime = Timestamp.FromDateTime(UpdatedAt),
        DeleteTime = DeletedAt is { } deleted ? Timestamp.FromDateTime(deleted) : null,
        MergedIntoId = MergedInto ?? 0,
        Version = Version,
    };

    /// <summary>The consents, e-mail first.</summary>
    public Consent[] Consents() => [.. ConsentValue.Channels.Select(channel => ToProto(channel, ConsentOn(channel)))];

    /// <summary>The consent on a channel.</summary>
    public ConsentValue ConsentOn(Channel channel) => channel == Channel.Sms
        ? new((Consent.Types.State)SmsConsent, SmsConsentSource, SmsConsentAt)
        : new((Consent.Types.State)EmailConsent, EmailConsentSource, EmailConsentAt);

    private static Consent ToProto(Channel channel, ConsentValue value) => new()
    {
        Channel = channel,
        State = value.State,
        Source = value.Source ?? "",
        Time = value.At is { } time ? Timestamp.FromDateTime(time) : null,
    };
}
