using System.Data.Common;
using Crm.Segments.V1;
using Dapper;
using TagSegments.Bitmaps;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Evaluation;

/// <summary>Finds the contacts of a whole filter by SQL, in the snapshot of an evaluation.</summary>
internal static class SqlEvaluator
{
    /// <summary>Finds everyone who matches a filter.</summary>
    public static async Task<Bitmap> FindAsync(Snapshot snapshot, Filter filter, FilterContext context, CancellationToken ct)
    {
        var fragment = FilterSql.Compile(filter, context);
        var sql = $"""
            SELECT c.contact_id
            FROM {context.Sources.Contacts} c
            WHERE c.account_id = @account AND {fragment.Text}
            """;
        await using var reader = (DbDataReader)await snapshot.Connection.ExecuteReaderAsync(
            new CommandDefinition(sql, fragment.Parameters, snapshot.Transaction, cancellationToken: ct));
        var contacts = new BitmapEditor(Bitmap.Empty);
        while (await reader.ReadAsync(ct))
        {
            contacts.Add(reader.GetInt32(0));
        }

        return contacts.ToBitmap();
    }
}
