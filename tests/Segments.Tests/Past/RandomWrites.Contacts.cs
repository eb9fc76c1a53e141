using System.Globalization;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using Field = Crm.Contacts.V1.Field;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Segments.Tests.Past;

/// <summary>This part writes contacts and their consent.</summary>
internal sealed partial class RandomWrites
{
    private async Task CreateContactAsync() => _contacts.Add(await account.NewContactAsync(RandomContact(0)));

    private Task UpdateContactAsync()
    {
        var contact = RandomContact(Contact());
        var mask = s_contactMask.Where(_ => Chance(3)).Append("fields.score").Concat(contact.Fields.Fields.Keys.Select(key => $"fields.{key}"));
        return account.UpdateContactAsync(contact, [.. mask.Distinct()]);
    }

    private Contact RandomContact(int contactId) => new()
    {
        ContactId = contactId,
        ExternalId = contactId == 0 && Chance(2) ? $"x{random.Next(1000)}" : "",
        Email = Chance(3) ? "" : Pick(s_emails),
        Phone = Chance(3) ? "" : Pick(s_phones),
        FirstName = Text(),
        LastName = Text(),
        Language = Chance(2) ? "de" : "",
        TimeZone = Chance(2) ? "" : Pick(s_zones),
        DoNotDisturb = Chance(4),
        Fields = RandomFields(Field.Types.Target.Contact),
    };

    private Struct RandomFields(Field.Types.Target target)
    {
        var values = new Struct();
        foreach (var field in _fields.Where(field => field.Target == target && Chance(2)))
        {
            values.Fields[field.Key] = field.Type switch
            {
                Type.Number => Value.ForString(_values.Number().ToString(CultureInfo.InvariantCulture)),
                Type.Boolean => Value.ForBool(Chance(2)),
                Type.Date => Value.ForString($"{_values.Day():uuuu-MM-dd}"),
                Type.DateTime => Value.ForString(_values.Time().ToString()),
                Type.SingleChoice => Value.ForString(Pick(field.Choices)),
                Type.MultipleChoice => Value.ForList([.. field.Choices.Where(_ => Chance(2)).Select(Value.ForString)]),
                _ => Value.ForString(Text()),
            };
        }

        return values;
    }

    private Task ConsentAsync() => account.Apps.Contacts.SetConsentAsync(new()
    {
        Account = account.Name,
        ContactId = Contact(),
        Consent = new Consent { Channel = Chance(2) ? Channel.Email : Channel.Sms, State = (Consent.Types.State)random.Next(1, 4), Source = "test" },
    }).ResponseAsync;
}
