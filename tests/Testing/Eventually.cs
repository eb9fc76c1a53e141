using System.Collections;
using System.Runtime.CompilerServices;
using Xunit;

namespace TagSegments.Testing;

/// <summary>Waits for what services do in their own time.</summary>
public static class Eventually
{
    /// <summary>
    /// How long a test waits at most, on a machine that is slow, cold and busy with other tests. It costs nothing where all is well, so every
    /// test that waits has this patience and none of its own.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The end of the patience with a call that begins now.</summary>
    public static DateTime Deadline => DateTime.UtcNow + Patience;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads a value until it is as expected, and returns it. A failure names the expectation and the last value.</summary>
    public static async Task<T> ReadAsync<T>(
        Func<Task<T>> read, Func<T, bool> reached, [CallerArgumentExpression(nameof(reached))] string expectation = "")
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var value = await read();
            if (reached(value))
            {
                return value;
            }

            if (TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                Assert.Fail($"Waited {Patience.TotalSeconds} s for: {expectation}\nThe last value: {Describe(value)}");
            }

            await Task.Delay(s_pause);
        }
    }

    /// <summary>Waits until a condition holds.</summary>
    public static Task HoldsAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string expectation = "") =>
        ReadAsync(() => Task.FromResult(condition()), holds => holds, expectation);

    private static string Describe(object? value) => value switch
    {
        null => "null",
        ITuple values => string.Join("; ", Enumerable.Range(0, values.Length).Select(i => Describe(values[i]))),
        IEnumerable values and not string => $"[{string.Join(", ", values.Cast<object>())}]",
        _ => value.ToString()!,
    };
}
