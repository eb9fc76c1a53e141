using Crm.Common.V1;
using TagSegments.Tags.Crm.Fields;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>A contact's consent on one channel, as the database has it.</summary>
internal readonly record struct ConsentValue(State State, string? Source, DateTime? At)
{
    /// <summary>The consent of a contact that was never asked.</summary>
    public static readonly ConsentValue None = new(State.Never, null, null);

    /// <summary>The channels that have a consent, in the order of the columns.</summary>
    public static readonly Channel[] Channels = [Channel.Email, Channel.Sms];

    /// <summary>The name of a channel in columns and in targets of imports.</summary>
    public static string NameOf(Channel channel) => channel == Channel.Sms ? "sms" : "email";

    /// <summary>Returns the log's entry of the value before a change, with the time of the contact's change before.</summary>
    public string BeforeJson(Channel channel, DateTime updatedAt)
    {
        var name = NameOf(channel);
        var source = Source is null ? "null" : FieldJson.Text(Source);
        var at = At is { } time ? FieldJson.Text(Dates.ToText(time)) : "null";
        return $"{{\"{name}_consent\":{(short)State},\"{name}_consent_source\":{source},\"{name}_consent_at\":{at},"
            + $"\"updated_at\":{FieldJson.Text(Dates.ToText(updatedAt))}}}";
    }
}
