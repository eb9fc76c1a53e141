using Xunit;

namespace TagSegments.Testing;

/// <summary>A test that needs a redis-server which it can stop; skipped, with a message, where none is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute() => Skip = RedisProcess.IsInstalled ? null : RedisProcess.Absent;
}

/// <summary>As <see cref="RedisFactAttribute"/>, for several inputs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisTheoryAttribute : TheoryAttribute
{
    public RedisTheoryAttribute() => Skip = RedisProcess.IsInstalled ? null : RedisProcess.Absent;
}
