using System.Text.Json;

namespace TagSegments.Chaos;

/// <summary>The findings of a scenario. A violation is anything that users were promised would not happen.</summary>
internal sealed class ChaosReport(string scenario, ChaosOptions options)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private readonly Dictionary<string, object> _values = new() { ["scenario"] = scenario, ["seed"] = options.Seed };
    private readonly List<string> _violations = [];
    private readonly List<string> _broken = [];

    /// <summary>Put before the names from now on, where several judges use the same ones.</summary>
    public string Part { private get; set; } = "";

    public bool HasViolations => _violations.Count > 0;

    /// <summary>The names of the numbers that had to be zero and are not.</summary>
    public IReadOnlyCollection<string> Broken => _broken;

    /// <summary>Adds a number that is only reported.</summary>
    public void Tell(string name, object value) => _values[Part + name] = value;

    /// <summary>Adds a number that must be zero, with examples of the findings.</summary>
    public void MustBeZero(string name, int count, IEnumerable<string> examples)
    {
        var told = Part + name;
        _values[told] = count;
        if (count > 0)
        {
            _broken.Add(told);
            _violations.AddRange(examples.Take(20).Select(example => $"{told}: {example}").DefaultIfEmpty(told));
        }
    }

    public void Print()
    {
        _values["violations"] = _violations;
        if (options.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(_values, s_json));
            return;
        }

        foreach (var (name, value) in _values.Where(value => value.Value is not List<string>))
        {
            Console.WriteLine($"{name}: {(value is IReadOnlyDictionary<string, int> counts ? Join(counts) : value)}");
        }

        foreach (var violation in _violations)
        {
            Console.WriteLine($"VIOLATION {violation}");
        }
    }

    private static string Join(IReadOnlyDictionary<string, int> counts) =>
        string.Join(", ", counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Key} {count.Value}"));
}
