using System.Buffers;
using System.Text.RegularExpressions;
using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Accounts;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>A text attribute of contacts: its name in masks, columns and filters, its field in the message, and its rule.</summary>
internal sealed partial class ContactAttribute
{
    public static readonly ContactAttribute ExternalId = new(0, "external_id", contact => contact.ExternalId, text => LengthProblem(text, 200));
    public static readonly ContactAttribute Email = new(1, "email", contact => contact.Email, EmailProblem);
    public static readonly ContactAttribute Phone = new(2, "phone", contact => contact.Phone, text => LengthProblem(text, 50));
    public static readonly ContactAttribute FirstName = new(3, "first_name", contact => contact.FirstName, text => LengthProblem(text, 200));
    public static readonly ContactAttribute LastName = new(4, "last_name", contact => contact.LastName, text => LengthProblem(text, 200));
    public static readonly ContactAttribute TimeZone = new(5, "time_zone", contact => contact.TimeZone, TimeZoneProblem);
    public static readonly ContactAttribute Language = new(6, "language", contact => contact.Language, LanguageProblem);

    /// <summary>All of them, by index.</summary>
    public static readonly ContactAttribute[] All = [ExternalId, Email, Phone, FirstName, LastName, TimeZone, Language];

    private static readonly SearchValues<char> s_controls = SearchValues.Create([.. Enumerable.Range(0, 256).Select(code => (char)code).Where(char.IsControl)]);

    private readonly Func<Contact, string> _read;
    private readonly Func<string, string?> _problem;

    private ContactAttribute(int index, string name, Func<Contact, string> read, Func<string, string?> problem)
    {
        Index = index;
        Name = name;
        _read = read;
        _problem = problem;
    }

    /// <summary>The place in <see cref="All"/>.</summary>
    public int Index { get; }

    /// <summary>The name of the field of <c>Contact</c> and of the column.</summary>
    public string Name { get; }

    /// <summary>Finds an attribute by its name.</summary>
    public static ContactAttribute? Find(string name) => Array.Find(All, attribute => attribute.Name == name);

    /// <summary>Reads the value from a message, trimmed; null if it is empty.</summary>
    public string? Read(Contact contact) => Clean(_read(contact));

    /// <summary>Trims a value; null if nothing is left.</summary>
    public static string? Clean(string text) => text.Trim() is { Length: > 0 } trimmed ? trimmed : null;

    /// <summary>Returns the problem with a value, or null.</summary>
    public string? Problem(string text) => text.AsSpan().ContainsAny(s_controls) ? "must not contain control characters" : _problem(text);

    private static string? LengthProblem(string text, int max) => text.Length > max ? $"is longer than {max} characters" : null;

    private static string? EmailProblem(string text) =>
        LengthProblem(text, 254) ?? (EmailAddress.DomainOf(text) is { } domain && domain.Contains('.', StringComparison.Ordinal) ? null : "is not an e-mail address");

    private static string? TimeZoneProblem(string text) => TimeZones.IsKnown(text) ? null : "is not an IANA time zone";

    private static string? LanguageProblem(string text) =>
        text.Length <= 35 && LanguagePattern().IsMatch(text) ? null : "is not a BCP 47 language tag";

    [GeneratedRegex(@"\A[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\z", RegexOptions.NonBacktracking)]
    private static partial Regex LanguagePattern();
}
