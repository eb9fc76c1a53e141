namespace TagSegments.Cli.Commands.Activities;

/// <summary>What the columns of a file are, by number; -1 for what has none. The other ones are properties of custom events.</summary>
internal sealed record ActivityColumns
{
    /// <summary>A number, external:KEY or an address.</summary>
    public int Contact { get; private init; }

    /// <summary>The contact's external id.</summary>
    public int ExternalId { get; private init; }

    /// <summary>The contact's address.</summary>
    public int Email { get; private init; }

    /// <summary>The contact's phone number.</summary>
    public int Phone { get; private init; }

    /// <summary>The time.</summary>
    public int Time { get; private init; }

    /// <summary>The kind, or the name of a custom event.</summary>
    public int Kind { get; private init; }

    /// <summary>The row's own id.</summary>
    public int Key { get; private init; }

    /// <summary>The link that was followed, or the reason of a bounce.</summary>
    public int Detail { get; private init; }

    /// <summary>The amount.</summary>
    public int Amount { get; private init; }

    /// <summary>The currency.</summary>
    public int Currency { get; private init; }

    /// <summary>The properties of custom events by the number of their column.</summary>
    public required IReadOnlyList<(int Column, string Name)> Properties { get; init; }

    /// <summary>Finds the columns that the options name, or a tool; refuses a file without contacts, times or kinds.</summary>
    public static ActivityColumns Of(ActivityFile file, ActivityOptions options)
    {
        var (headers, tool) = (file.Headers, options.Tool);
        var columns = new ActivityColumns
        {
            Contact = Named(options.Contact, []),
            ExternalId = Named(options.ExternalId, []),
            Email = Named(options.Email, options.Contact is null ? tool.Email : []),
            Time = Named(options.Time, tool.Time),
            Kind = options.KindOf(file) is null ? Named(options.KindColumn, tool.Kind) : -1,
            Key = Named(options.Key, tool.Key),
            Detail = Named(options.Detail, tool.Detail),
            Amount = Named(options.Amount, tool.Amount),
            Currency = Named(options.CurrencyColumn(headers), tool.Currency),
            Properties = [],
        };
        // A phone beside another key is a property like others, unless it is named.
        columns = columns with { Phone = Named(options.Phone, columns is { Contact: < 0, ExternalId: < 0, Email: < 0 } ? tool.Phone : []) };
        Require(columns.Contact >= 0 || columns.ExternalId >= 0 || columns.Email >= 0 || columns.Phone >= 0, "the contacts", "--contact, --external-id, --email or --phone COLUMN");
        Require(columns.Time >= 0, "the times", "--time COLUMN");
        Require(columns.Kind >= 0 || options.KindOf(file) is not null, "the kinds of activity", "--kind KIND for all rows, or --kind-column COLUMN");
        int[] used = [columns.Contact, columns.ExternalId, columns.Email, columns.Phone, columns.Time, columns.Kind, columns.Key, columns.Amount, columns.Currency];
        foreach (var skipped in options.Skipped)
            Find(skipped);
        return columns with
        {
            Properties = [.. headers.Index().Where(header => header.Item.Length > 0 && !used.Contains(header.Index) && !options.Skipped.Contains(header.Item, StringComparer.OrdinalIgnoreCase))],
        };

        int Named(string? name, string[] usual) => name is not null ? Find(name) : ActivityTool.Find(headers, usual) is { } found ? Find(found) : -1;

        int Find(string name) => headers.Index().Where(header => header.Item.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList() switch
        {
            [var only] => only.Index,
            [] => throw new CliError($"{file.Name} has no column {name}.", $"Its first row has {string.Join(", ", headers)}."),
            _ => throw new CliError($"{file.Name} has several columns {name}.", "Rename all but one."),
        };

        void Require(bool found, string what, string option)
        {
            if (!found)
                throw new CliError($"{file.Name} has no column that looks like {what}.", $"Its first row has {string.Join(", ", headers)}. Give {option}.");
        }
    }

    /// <summary>Lists what goes where, for people.</summary>
    public IEnumerable<(string Header, string Target)> Targets(IReadOnlyList<string> headers)
    {
        (int Column, string Target)[] known =
        [
            (Contact, "contact"), (ExternalId, "contact (external id)"), (Email, "contact (e-mail address)"), (Phone, "contact (phone number)"), (Time, "time"), (Kind, "kind"),
            (Key, "the row's own id"), (Amount, "property amount"), (Currency, "property currency"), (Detail, "link or reason"),
        ];
        foreach (var (index, header) in headers.Index())
        {
            var target = known.FirstOrDefault(one => one.Column == index).Target;
            var property = Properties.Any(one => one.Column == index) ? $"property {header} of custom events" : null;
            yield return (header, string.Join(", ", new[] { target, property }.OfType<string>()) is { Length: > 0 } text ? text : "nothing");
        }
    }
}
