using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using TagSegments.Addresses;
using TagSegments.Filters.Catalog;

namespace TagSegments.Testing.Oracle;

/// <summary>Makes random worlds whose values sit on the edges: of windows around <paramref name="now"/>, of chunks, of what counts as empty.</summary>
internal sealed class WorldGenerator(Random random, Instant now)
{
    // In the form in which the services store texts.
    public static readonly string[] Texts =
    [
        .. new[]
        {
            "Rural", "rural", " Rural ", "RURAL ROUTE", "", "  ", "\t\u00A0", "0", "a%b", "a_b", "axb", "back\\slash", "O'Reilly", "'; DROP TABLE crm.contact; --",
            "Straße", "STRASSE", "STRAẞE", "ÄÖÜ", "äöü", "\u212Belvin", "\u212Aelvin", "kelvin", "åelvin", "ſa", "sa", "İstanbul", "istanbul", "ısparta", "ΣΊΣΥΦΟΣ", "σίσυφος", "ϲ",
            "êtude", "étude", "😀 smile", "𐐀deseret", "𐐨deseret", "12.50", "true", "2026-11-23", "\"quoted\"", "[bracket]", "line\nbreak",
        }.Select(text => text.Normalize()),
    ];

    private static readonly string?[] s_zones = [null, null, "", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "Not/AZone"];

    private static readonly int[] s_days = [0, 1, 2, 6, 7, 8, 29, 30, 31, 59, 60, 90, 91, 364, 365, 366, 730];

    public World World(int accountId, int weekStart = 1, IEnumerable<int>? contactIds = null)
    {
        // Both sides of the border between the first two chunks.
        var ids = contactIds ?? Enumerable.Range(1, 140).Concat(Enumerable.Range(16_380, 20));
        var contacts = ids.Select(Contact).ToList();
        foreach (var contact in contacts)
        {
            contact.Texts["phone"] = Chance(2) ? Any(WorldNames.Phones) : contact.Texts["phone"];
            contact.Texts["email"] = Chance(2) ? Any(WorldNames.Emails) : contact.Texts["email"];
        }

        var suppressed = contacts.Where(_ => Chance(4)).Select(c => c.Texts["email"]).OfType<string>().Where(e => e.Trim().Length > 0)
            .Select(email => (1, EmailAddress.Key(email))).Append((2, "+491701")).Append((2, "01703")).Append((1, "+491702")).ToHashSet();
        return new World(accountId, "Europe/Berlin", weekStart, contacts, suppressed);
    }

    public string Text() => Texts[random.Next(Texts.Length)];

    public Instant Time()
    {
        var edge = now - Duration.FromDays(s_days[random.Next(s_days.Length)]);
        return random.Next(6) switch
        {
            0 => edge,
            1 => edge - Duration.FromMilliseconds(1),
            2 => edge + Duration.FromMilliseconds(1),
            3 => edge + Duration.FromHours(random.Next(-26, 26)),
            4 => now + Duration.FromHours(random.Next(0, 24 * 40)),
            _ => now - Duration.FromMinutes(random.Next(0, 60 * 24 * 100)),
        };
    }

    public LocalDate Day() => random.Next(12) switch
    {
        0 => new LocalDate(2000, 2, 29),
        1 => new LocalDate(1, 1, 1),
        2 => new LocalDate(9999, 12, 31),
        3 => new LocalDate(1999, 2, 28),
        4 => new LocalDate(1999, 3, 1),
        5 => Time().InUtc().Date.PlusYears(-random.Next(1, 60)),
        _ => Time().InUtc().Date,
    };

    public decimal Number() => random.Next(6) switch
    {
        0 => 0m,
        1 => 1.50m,
        2 => -3m,
        3 => 1234567890123456789012345678m,
        4 => random.Next(-5, 100),
        _ => random.Next(0, 10_000) / 100m,
    };

    private WorldContact Contact(int id)
    {
        var contact = new WorldContact(id)
        {
            EmailConsent = random.Next(1, 4),
            SmsConsent = random.Next(1, 4),
            DoNotDisturb = Chance(4),
            Created = Time(),
            Updated = Time(),
        };
        foreach (var name in new[] { "email", "phone", "first_name", "last_name", "language" })
        {
            contact.Texts[name] = Chance(4) ? null : Text();
        }

        contact.Texts["external_id"] = Chance(3) ? null : $"x{id}";
        contact.Texts["time_zone"] = s_zones[random.Next(s_zones.Length)];
        FillFields(contact.Fields, WorldNames.ContactFields);
        AddTags(contact);
        contact.Activities.AddRange(Enumerable.Range(0, Chance(4) ? 0 : random.Next(9)).Select(_ => Activity()));
        contact.Opportunities.AddRange(Enumerable.Range(0, Chance(3) ? 0 : random.Next(4)).Select(_ => Opportunity()));
        return contact;
    }

    private void FillFields(Dictionary<int, object?> fields, IEnumerable<FilterField> definitions)
    {
        foreach (var field in definitions.Where(_ => !Chance(4)))
        {
            fields[field.FieldId] = Chance(12) ? null : field.Type switch
            {
                Crm.Contacts.V1.Field.Types.Type.Text => Text(),
                Crm.Contacts.V1.Field.Types.Type.Number => Number(),
                Crm.Contacts.V1.Field.Types.Type.Date => Day(),
                Crm.Contacts.V1.Field.Types.Type.DateTime => Time(),
                Crm.Contacts.V1.Field.Types.Type.Boolean => Chance(2),
                Crm.Contacts.V1.Field.Types.Type.SingleChoice => field.Choices[random.Next(field.Choices.Count)],
                _ => field.Choices.Where(_ => Chance(2)).ToArray(),
            };
        }
    }

    private void AddTags(WorldContact contact)
    {
        if (Chance(5))
        {
            return;
        }

        foreach (var (tagId, _) in WorldNames.Tags.Where(_ => Chance(2)))
        {
            contact.TagChanges.Add(new WorldTagChange(tagId, true, Time(), Chance(2)));
            if (Chance(4))
            {
                contact.TagChanges.Add(new WorldTagChange(tagId, false, Time(), Chance(2)));
            }
            else
            {
                contact.Tags.Add(tagId);
            }
        }
    }

    private WorldActivity Activity()
    {
        var kind = Chance(4) ? 9 : random.Next(1, 10);
        return new WorldActivity(
            kind,
            kind == 9 ? 0 : Chance(4) ? 2 : 1,
            Time(),
            Chance(2) ? null : Chance(2) ? WorldNames.Spring : WorldNames.Autumn,
            kind == 9 ? (Chance(2) ? "Webinar Attended" : "Say \"Hi\"") : null,
            kind == 9 ? Properties() : null)
        {
            Link = kind != 4 || Chance(5) ? null : Text(),
            Bounce = kind == 5 ? random.Next(3) : 0,
        };
    }

    /// <summary>Makes the properties of an event as JSON: values that fit their names, others, and none.</summary>
    public string? Properties()
    {
        if (Chance(8))
        {
            return null;
        }

        var properties = new Dictionary<string, object?>();
        foreach (var name in WorldNames.Properties.Where(_ => !Chance(4)))
        {
            properties[name] = Chance(5) ? Odd() : name switch
            {
                "total" => Chance(4) ? (object)Total().ToString(System.Globalization.CultureInfo.InvariantCulture) : Total(),
                "vip" => Chance(2),
                "due" => Chance(8) ? "2026-02-30" : LocalDatePattern.Iso.Format(Day()),
                "seen at" => Chance(8) ? "2026-02-30T10:00:00Z" : Stamp(Time()),
                _ => Text(),
            };
        }

        return JsonSerializer.Serialize(properties);
    }

    // Not so large that the sum of a few would not fit a decimal.
    private decimal Total() => Number() % 100_000m;

    private object? Odd() => random.Next(8) switch
    {
        0 => null,
        1 => Array.Empty<string>(),
        2 => new[] { "Rural", "5" },
        3 => new Dictionary<string, object?>(),
        4 => new Dictionary<string, object?> { ["total"] = 5, ["category"] = "Rural" },
        5 => "1e5",
        6 => Chance(2),
        _ => Text(),
    };

    private string Stamp(Instant time) => Chance(2)
        ? InstantPattern.ExtendedIso.Format(time)
        : OffsetDateTimePattern.Rfc3339.Format(time.WithOffset(Offset.FromHours(random.Next(-11, 12))));

    private WorldOpportunity Opportunity()
    {
        var stage = WorldNames.Stages[random.Next(WorldNames.Stages.Length)];
        var opportunity = new WorldOpportunity(
            Chance(3) ? null : Text(),
            stage.Pipeline,
            stage.Id,
            random.Next(1, 4),
            Chance(4) ? null : random.Next(0, 5_000) / 4m,
            Chance(4) ? null : Day(),
            Chance(2) ? null : Day(),
            Time());
        FillFields(opportunity.Fields, WorldNames.OpportunityFields);
        return opportunity;
    }

    private T Any<T>(T[] values) => values[random.Next(values.Length)];

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;
}
