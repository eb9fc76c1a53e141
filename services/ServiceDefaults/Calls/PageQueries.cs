using System.Data.Common;
using Dapper;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>Reads pages of lists from the database.</summary>
public static class PageQueries
{
    /// <summary>
    /// Reads rows until the page is full, one after the other: all of them may be more than fit in memory. The statement selects one row more than
    /// the page holds, to know whether the list goes on.
    /// </summary>
    public static async Task<Page<TRow>> QueryPageAsync<TRow>(this DbConnection connection, CommandDefinition command, Page<TRow> page)
    {
        await using var rows = await connection.ExecuteReaderAsync(command);
        var parse = rows.GetRowParser<TRow>();
        while (await rows.ReadAsync(command.CancellationToken))
        {
            if (!page.TryAdd(parse(rows)))
            {
                if (!page.HasAll)
                {
                    // The rows that are left would be received before the connection can be used again.
                    ((IWrappedDataReader)rows).Command.Cancel();
                }

                break;
            }
        }

        return page;
    }
}
