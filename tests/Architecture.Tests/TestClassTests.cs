using System.Text.RegularExpressions;

namespace TagSegments.Architecture.Tests;

/// <summary>What made tests unsteady once is not written again. The sources of the tests are looked at.</summary>
public sealed partial class TestClassTests
{
    private static readonly string s_tests = Path.GetFullPath(Path.Combine(House.Folder, "../tests"));

    /// <summary>xunit closes a class that is <see cref="IDisposable"/> or has an asynchronous lifetime; of others it forgets the connections.</summary>
    [Fact]
    public void What_a_test_class_opens_is_closed() =>
        House.RequireNone(Find(NeverClosed(), text => text.Contains("[Fact]", StringComparison.Ordinal) || text.Contains("IClassFixture<", StringComparison.Ordinal)));

    /// <summary>The databases of tests are copies on one server, which shows the locks of all of them, with the same numbers of tables.</summary>
    [Fact]
    public void The_locks_of_other_databases_are_not_counted() => House.RequireNone(Find(LocksOfAll(), _ => true));

    [Theory]
    [InlineData("public sealed class ATests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncDisposable\n")]
    [InlineData("public abstract class ATest : IAsyncDisposable\n")]
    public void A_class_that_is_not_closed_is_found(string text) => Assert.Matches(NeverClosed(), text);

    [Theory]
    [InlineData("public sealed class ATests : IAsyncLifetime, IAsyncDisposable\n")]
    [InlineData("internal sealed class Slot : IAsyncDisposable\n")]
    public void A_class_that_is_closed_is_not(string text) => Assert.DoesNotMatch(NeverClosed(), text);

    [Theory]
    [InlineData("SELECT count(*) FROM pg_locks WHERE relation = 'a'::regclass\"", true)]
    [InlineData("SELECT count(*)\nFROM pg_locks\nWHERE database = 7 AND relation = 'a'::regclass\"", false)]
    [InlineData("SELECT count(*) FROM pg_locks WHERE transactionid = '7'\"", false)]
    public void Locks_of_all_databases_are_found(string sql, bool found) => Assert.Equal(found, LocksOfAll().IsMatch(sql));

    private static IEnumerable<string> Find(Regex wrong, Func<string, bool> concerns) =>
        from project in Directory.EnumerateDirectories(s_tests, "*.Tests")
        from file in Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories)
        where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            && Path.GetFileName(file) != $"{nameof(TestClassTests)}.cs"
        let text = File.ReadAllText(file)
        where concerns(text)
        from match in wrong.Matches(text)
        select $"{Path.GetRelativePath(s_tests, file)}: {match.Value.Trim()}";

    [GeneratedRegex(@"^public (sealed |abstract )?(partial )?class \w+Tests?\b(?!.*IAsyncLifetime).*\bIAsyncDisposable\b.*$", RegexOptions.Multiline)]
    private static partial Regex NeverClosed();

    [GeneratedRegex("FROM pg_locks(?![^\"]*(database|transactionid) =)[^\"]*")]
    private static partial Regex LocksOfAll();
}
