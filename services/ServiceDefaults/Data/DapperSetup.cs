using System.Data;
using Dapper;

namespace TagSegments.ServiceDefaults.Data;

/// <summary>Configures Dapper once per process.</summary>
internal static class DapperSetup
{
    private static readonly Lock s_lock = new();
    private static bool s_isDone;

    public static void Ensure()
    {
        lock (s_lock)
        {
            if (s_isDone)
            {
                return;
            }

            s_isDone = true;
            DefaultTypeMap.MatchNamesWithUnderscores = true;
            SqlMapper.AddTypeHandler(new ArrayHandler<int>());
            SqlMapper.AddTypeHandler(new ArrayHandler<string>());
            SqlMapper.AddTypeHandler(new ArrayHandler<Guid>());
        }
    }

    // Npgsql reports array columns as System.Array, which matches no constructor parameter. A handler for the type makes them match.
    private sealed class ArrayHandler<T> : SqlMapper.TypeHandler<T[]>
    {
        public override T[] Parse(object value) => (T[])value;

        public override void SetValue(IDbDataParameter parameter, T[]? value) => parameter.Value = (object?)value ?? DBNull.Value;
    }
}
