using Npgsql;

namespace TagSegments.ServiceDefaults.Data;

/// <summary>Batches of statements with positional parameters in one round trip, which Dapper does not offer.</summary>
public static class NpgsqlBatchExtensions
{
    /// <summary>Adds a statement whose parameters are $1, $2 ...</summary>
    public static NpgsqlBatch Add(this NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
        return batch;
    }
}
