using System.Globalization;
using TagSegments.Embedded;

namespace TagSegments.Testing;

/// <summary>The Redis of this test process: the one that TEST_REDIS names, else an embedded one.</summary>
internal static class TestRedis
{
    private const int Databases = 16;
    private static readonly Lazy<string> s_server = new(() =>
        Environment.GetEnvironmentVariable("TEST_REDIS") is { Length: > 0 } given ? given : EmbeddedRedis.Start().ConnectionString);
    private static int s_next;

    /// <summary>
    /// The address of one of its databases, another at each call. After sixteen they repeat, and other test processes may share the
    /// server: entries of foreign databases are what the index has to survive anyway.
    /// </summary>
    public static string NextDatabase()
    {
        var number = Interlocked.Increment(ref s_next) % Databases;
        return $"{s_server.Value},defaultDatabase={number.ToString(CultureInfo.InvariantCulture)}";
    }
}
