using System.Security.Cryptography;
using System.Text;
using Crm.Activity.V1;
using Crm.Common.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Csv;
using Kind = Crm.Activity.V1.Activity.Types.Kind;

namespace TagSegments.Cli.Commands.Activities;

/// <summary>What a row is: an activity of a kind, or what is wrong with it; without both it is left out.</summary>
internal sealed record ReadActivity(ActivityRow Row, ActivityKind Kind)
{
    public Activity? Activity { get; init; }

    public string Problem { get; init; } = "";
}

/// <summary>Reads rows of a file as activities.</summary>
internal sealed class ActivityReader(ActivityFile file, ActivityOptions options, ActivityTimes times)
{
    private readonly ActivityColumns _columns = ActivityColumns.Of(file, options);
    private readonly ActivityKind? _kind = options.KindOf(file);
    private readonly string _currency = options.CurrencyOf(file.Headers);

    /// <summary>The name of the file.</summary>
    public string Name => file.Name;

    /// <summary>Where the columns go.</summary>
    public IEnumerable<(string Header, string Target)> Targets => _columns.Targets(file.Headers);

    /// <summary>Reads all rows.</summary>
    public IEnumerable<ReadActivity> Read() => file.Read().Select(Read);

    private ReadActivity Read(ActivityRow row)
    {
        if (row.Problem is { } problem)
            return new(row, ActivityKind.None) { Problem = problem };

        var kind = _kind ?? (Cell(row, _columns.Kind) is { Length: > 0 } word ? options.KindOf(word) : null);
        if (kind is null)
            return Bad("has no kind of activity");
        if (kind == ActivityKind.None)
            return new(row, kind);
        if (ContactOf(row, out problem) is not { } contact)
            return Bad(problem);
        if (times.Read(Cell(row, _columns.Time), out problem) is not { } time)
            return Bad(Cell(row, _columns.Time).Length == 0 ? "has no time" : $"`{Cell(row, _columns.Time)}` {problem}");

        var activity = new Activity { ContactKey = contact, Kind = kind.Kind, Time = time, DedupeKey = KeyOf(row, kind), EventName = kind.EventName, Bounce = kind.Bounce };
        if (kind.Kind != Kind.Custom)
        {
            activity.Channel = options.IsSms ? Channel.Sms : Channel.Email;
            activity.Detail = Cell(row, _columns.Detail);
        }
        else if (!TryAddProperties(activity, row, out problem))
        {
            return Bad(problem);
        }

        return new(row, kind) { Activity = activity };

        ReadActivity Bad(string what) => new(row, kind ?? ActivityKind.None) { Problem = what };
    }

    private ContactKey? ContactOf(ActivityRow row, out string problem)
    {
        var (contact, externalId, email, phone) = (Cell(row, _columns.Contact), Cell(row, _columns.ExternalId), Cell(row, _columns.Email), Cell(row, _columns.Phone));
        problem = contact.Length > 0 ? $"`{contact}` is neither a number nor external:KEY nor an e-mail address nor a phone number with a plus" : "names no contact";
        return contact.Length > 0 ? ContactKeys.Of(contact)
            : externalId.Length > 0 ? new() { ExternalId = externalId }
            : email.Length > 0 ? new() { Email = WrittenAddress.Of(email) }
            : phone.Length > 0 ? new() { Phone = phone }
            : null;
    }

    private bool TryAddProperties(Activity activity, ActivityRow row, out string problem)
    {
        problem = "";
        var properties = new Struct();
        foreach (var (column, name) in _columns.Properties.Where(property => Cell(row, property.Column).Length > 0))
            properties.Fields[name] = Value.ForString(Cell(row, column));
        if (Cell(row, _columns.Amount) is { Length: > 0 } amount)
        {
            if (ActivityAmounts.Read(amount, options.Decimal, out problem) is not { } number)
            {
                problem = $"`{amount}` {problem}";
                return false;
            }

            properties.Fields["amount"] = number;
        }

        if ((Cell(row, _columns.Currency) is { Length: > 0 } currency ? currency : _currency) is { Length: > 0 } known)
            properties.Fields["currency"] = Value.ForString(known);
        activity.Properties = properties.Fields.Count > 0 ? properties : null;
        return true;
    }

    // A row's own id is one among those of its kind. Without one, the content says what it is, whatever the options made of it.
    private string KeyOf(ActivityRow row, ActivityKind kind)
    {
        var own = Cell(row, _columns.Key);
        IEnumerable<string> content = own.Length > 0
            ? [own]
            : file.Headers.Zip(row.Cells, (header, cell) => (Header: header, Cell: cell)).Where(one => one.Cell.Length > 0)
                .Select(one => $"{one.Header}={one.Cell}").Order(StringComparer.Ordinal);
        var text = string.Join('\0', content.Prepend(kind.Name).Prepend(own.Length > 0 ? "id" : "row"));
        return $"import:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
    }

    private static string Cell(ActivityRow row, int column) => column < 0 ? "" : row.Cells[column];
}
