using System.Globalization;
using System.Text.RegularExpressions;

namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

/// <summary>The table of faults: what each row says that shows its promise.</summary>
internal static partial class FaultTable
{
    private static readonly string s_root = TagSegments.Testing.Repository.Root;

    /// <summary>The text of the table.</summary>
    public static string Text { get; } = File.ReadAllText(Path.Combine(s_root, "tests", "Chaos", "Faults", "faults.md"));

    /// <summary>The numbers of the rows, in their order.</summary>
    public static IEnumerable<int> Numbers(string text) =>
        Rows().Matches(text).Select(row => int.Parse(row.Groups["number"].Value, CultureInfo.InvariantCulture));

    /// <summary>What is wrong in the rows: one that shows nothing and gives no reason, and each test and command that does not exist.</summary>
    public static IEnumerable<string> Faults(string text) => Rows().Matches(text).SelectMany(row =>
    {
        var shown = row.Groups["shown"].Value;
        var names = Names().Matches(shown).Select(name => name.Groups["name"].Value).ToList();
        IEnumerable<string> wrong = names.Count > 0
            ? names.Where(name => !Exists(name)).Concat(Names().Replace(shown, "").Replace(", ", "", StringComparison.Ordinal) is { Length: > 0 } rest ? [rest] : [])
            : Reason().IsMatch(shown) ? [] : [shown];
        return wrong.Select(name => $"{row.Groups["number"].Value}: {name}");
    });

    // PROJECT: CLASS.METHOD, tests/PROJECT -- NAME, or a script.
    private static bool Exists(string name) =>
        Test().Match(name) is { Success: true } test ? IsTest(test.Groups["project"].Value, test.Groups["class"].Value, test.Groups["method"].Value)
        : Command().Match(name) is { Success: true } command ? IsCommand(command.Groups["project"].Value, command.Groups["command"].Value)
        : name.StartsWith("tests/", StringComparison.Ordinal) && File.Exists(Path.Combine(s_root, name.Split(' ')[0]));

    private static bool IsTest(string project, string type, string method)
    {
        var folder = Path.Combine(s_root, "tests", project);
        var separator = Path.DirectorySeparatorChar;
        return Directory.Exists(folder) && Directory.EnumerateFiles(folder, $"{type}*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{separator}obj{separator}", StringComparison.Ordinal))
            .Select(File.ReadAllText)
            .Any(source => Methods().Matches(source).Any(found => found.Groups["method"].Value == method) && source.Contains($" class {type}", StringComparison.Ordinal));
    }

    private static bool IsCommand(string project, string command)
    {
        var program = Path.Combine(s_root, "tests", project, "Program.cs");
        return File.Exists(program) && File.ReadAllText(program).Contains($"[\"{command}\"]", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\| (?<number>\d+) \| [^|]{10,} \| [^|]{10,} \| (?<shown>[^|]+) \|$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Rows();

    [GeneratedRegex("`(?<name>[^`]+)`", RegexOptions.NonBacktracking)]
    private static partial Regex Names();

    [GeneratedRegex(@"^None: .{30,}\.$", RegexOptions.NonBacktracking)]
    private static partial Regex Reason();

    [GeneratedRegex(@"^(?<project>[\w.]+): (?<class>\w+)\.(?<method>\w+)$", RegexOptions.NonBacktracking)]
    private static partial Regex Test();

    [GeneratedRegex(@"^tests/(?<project>\w+) -- (?<command>\w+)( --\w+ \w+)*$", RegexOptions.NonBacktracking)]
    private static partial Regex Command();

    // Each has its attributes in front of it.
    [GeneratedRegex(@"^    (\[\w+.*\](\s*//.*)?\s+)+public (async )?(Task|void) (?<method>\w+)\(", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Methods();
}
