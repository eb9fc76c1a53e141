using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TagSegments.Benchmarks;

/// <summary>One comparison: ours against a yardstick of the same run.</summary>
/// <param name="Name">The name of the measurement.</param>
/// <param name="Ours">Our value, in <paramref name="Unit"/>.</param>
/// <param name="Yardstick">The value to compare with, in <paramref name="Unit"/>.</param>
/// <param name="YardstickName">The name of the yardstick.</param>
/// <param name="Unit">The unit of both, for example <c>ms</c> or <c>calls/s</c>.</param>
/// <param name="Ratio">Ours divided by the yardstick.</param>
/// <param name="Target">The target of the ratio, for example <c>&lt;= 2.5</c>; empty if the row is only for comparison.</param>
/// <param name="Met">Whether the ratio meets the target; null without one.</param>
internal sealed record Row(
    string Name, double Ours, double Yardstick, string YardstickName, string Unit, double Ratio, string Target, bool? Met);

/// <summary>Collects the rows of a suite and prints them as a table or as JSON.</summary>
internal sealed class Report(string suite, BenchmarkOptions options)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly List<Row> _rows = [];
    private readonly List<string> _notes = [];

    /// <summary>Whether a ratio misses its target by more than the slack that the options allow.</summary>
    public bool MissesATarget { get; private set; }

    /// <summary>Adds a row whose ratio should be at most <paramref name="target"/>.</summary>
    public void AtMost(string name, double ours, string yardstickName, double yardstick, string unit, double target) =>
        Add(name, ours, yardstickName, yardstick, unit, "<=", target, ours == 0 ? 0 : ours / yardstick / target);

    /// <summary>Adds a row whose ratio should be at least <paramref name="target"/>.</summary>
    public void AtLeast(string name, double ours, string yardstickName, double yardstick, string unit, double target) =>
        Add(name, ours, yardstickName, yardstick, unit, ">=", target, target / (ours / yardstick));

    /// <summary>Adds a number that must be zero.</summary>
    public void None(string name, int count, string unit)
    {
        _rows.Add(new(name, count, 0, "none", unit, count, "= 0", count == 0));
        MissesATarget |= options.Slack is not null && count > 0;
    }

    /// <summary>Adds a row that is only shown beside the others.</summary>
    public void Compare(string name, double ours, string yardstickName, double yardstick, string unit) =>
        _rows.Add(new(name, ours, yardstick, yardstickName, unit, ours / yardstick, "", null));

    /// <summary>Adds a sentence that is printed below the rows.</summary>
    public void Note(string note) => _notes.Add(note);

    /// <summary>Prints the report to standard output.</summary>
    public void Print()
    {
        if (options.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { Suite = suite, options.Contacts, options.Seed, options.Rounds, Rows = _rows, Notes = _notes }, s_json));
            return;
        }

        Console.WriteLine($"| {suite}, {options.Contacts.ToString("N0", CultureInfo.InvariantCulture)} contacts | ours | yardstick | ratio | target | met |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var row in _rows)
        {
            Console.WriteLine(
                $"| {row.Name} | {Number(row.Ours)} {row.Unit} | {Number(row.Yardstick)} {row.Unit} ({row.YardstickName}) | {Number(row.Ratio)} | {row.Target} | {Met(row)} |");
        }

        foreach (var note in _notes)
        {
            Console.WriteLine(note);
        }
    }

    private static string Met(Row row) => row.Met switch { true => "yes", false => "NO", null => "" };

    private static string Number(double value) => value.ToString(value < 10 ? "0.###" : "#,0", CultureInfo.InvariantCulture);

    // The miss is the factor by which the target is exceeded; a ratio that is no number misses it, too.
    private void Add(string name, double ours, string yardstickName, double yardstick, string unit, string sign, double target, double miss)
    {
        _rows.Add(new(
            name, ours, yardstick, yardstickName, unit, ours / yardstick, string.Create(CultureInfo.InvariantCulture, $"{sign} {target}"), miss <= 1));
        MissesATarget |= options.Slack is { } slack && !(miss <= slack);
    }
}
