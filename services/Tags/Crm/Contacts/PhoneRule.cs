using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Crm.Contacts.V1;
using Dapper;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>Says which numbers the phones of an account's contacts are: those of the contact's country, else of the account's.</summary>
/// <param name="Country">The country of the account; empty if it has none.</param>
/// <param name="FieldId">The contact field with the key <see cref="CountryKey"/>; null if there is none.</param>
internal sealed record PhoneRule(string Country, int? FieldId)
{
    /// <summary>The key of the custom field that has a contact's country.</summary>
    public const string CountryKey = "country";

    private const string Sql = $"""
        SELECT a.country, (
            SELECT f.field_id FROM crm.field f
            WHERE f.account_id = @accountId AND f.target = {FieldTargets.Contacts} AND f.key = '{CountryKey}' AND f.deleted_at IS NULL) AS field_id
        FROM crm.account a
        WHERE a.account_id = @accountId
        """;

    private static readonly FrozenDictionary<string, string> s_names = Names();

    /// <summary>Reads the rule of an account and keeps it until the transaction ends, so that no key is of an earlier rule.</summary>
    public static Task<PhoneRule> HoldAsync(NpgsqlTransaction transaction, int accountId, CancellationToken ct) =>
        transaction.Connection!.QuerySingleAsync<PhoneRule>(
            new CommandDefinition($"{Sql} FOR SHARE OF a", new { accountId }, transaction, cancellationToken: ct));

    /// <summary>Reads the rule of an account as it is now, for who writes no keys.</summary>
    public static async Task<PhoneRule> ReadAsync(AccountDatabase database, int accountId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.QuerySingleAsync<PhoneRule>(new CommandDefinition(Sql, new { accountId }, cancellationToken: ct));
    }

    /// <summary>Gets the key of a contact's phone where it is not just the number's plain form; otherwise null.</summary>
    public string? KeyOf(ContactState contact) =>
        contact[ContactAttribute.Phone] is { } phone && PhoneNumber.Key(phone, CountryOf(contact)) is var key && key != PhoneNumber.Plain(phone) ? key : null;

    // A country that is not understood is none: a number of another country would be somebody else's.
    private string CountryOf(ContactState contact)
    {
        if (FieldId is not { } fieldId || contact.Fields[fieldId] is not { } json || JsonSerializer.Deserialize<JsonElement>(json) is not { ValueKind: JsonValueKind.String } value)
        {
            return Country;
        }

        return s_names.GetValueOrDefault(value.GetString()!.Trim(), "");
    }

    // Countries as people write them: by code, and by name in English and in their own language.
    private static FrozenDictionary<string, string> Names()
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var region in CultureInfo.GetCultures(CultureTypes.SpecificCultures).Where(culture => culture.Name.Contains('-', StringComparison.Ordinal))
            .Select(culture => new RegionInfo(culture.Name)).Where(region => PhoneNumber.IsCountry(region.TwoLetterISORegionName)))
        {
            string[] forms = [region.TwoLetterISORegionName, region.ThreeLetterISORegionName, region.EnglishName, region.NativeName];
            Array.ForEach(forms, form => names.TryAdd(form, region.TwoLetterISORegionName));
        }

        foreach (var code in PhoneNumber.Countries)
        {
            names.TryAdd(code, code);
        }

        return names.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
