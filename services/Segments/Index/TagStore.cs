using Npgsql;
using NpgsqlTypes;
using TagSegments.Bitmaps;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Index;

/// <summary>Reads the holders of tags and their changes from PostgreSQL.</summary>
internal static class TagStore
{
    /// <summary>Reads tags as of a snapshot, or as some relations of the past have them; a tag without contacts is an empty set.</summary>
    public static async Task<Dictionary<int, Bitmap>> LoadAsync(
        Snapshot snapshot, IReadOnlyCollection<int> tagIds, CancellationToken ct, FilterSources? sources = null)
    {
        sources ??= FilterSources.Present;
        var sql = $"""
            SELECT tag_id, chunk, bits
            FROM {sources.TagChunks} t
            WHERE account_id = @account AND tag_id = ANY(@tagIds)
            """;
        await using var command = new NpgsqlCommand(sql, snapshot.Connection, snapshot.Transaction);
        var parameters = SqlParameters.Of(snapshot.AccountId, sources);
        parameters.Add("tagIds", tagIds.ToArray());
        parameters.AddTo(command.Parameters);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var builders = tagIds.ToDictionary(tagId => tagId, _ => new BitmapBuilder());
        var bits = new byte[ChunkLayout.Bytes];
        while (await reader.ReadAsync(ct))
        {
            reader.ReadBits(2, bits);
            builders[reader.GetInt32(0)].Add(reader.GetInt32(1), bits);
        }

        return builders.ToDictionary(builder => builder.Key, builder => builder.Value.ToBitmap());
    }

    /// <summary>
    /// Applies the changes until a snapshot to tags, each known as of a position. Returns null if the log in between has more than
    /// <paramref name="longest"/> rows: reading the tags again is cheaper then.
    /// </summary>
    public static async Task<Dictionary<int, Bitmap>?> CatchUpAsync(
        Snapshot snapshot, IReadOnlyDictionary<int, KnownTag> tags, int longest, CancellationToken ct)
    {
        const string sql = """
            SELECT pos, tag_id, op, contact_id, chunk, bits
            FROM tags.segment_tag_changes
            WHERE account_id = $1 AND tag_id = ANY($2) AND pos > $3
            ORDER BY pos, seq
            LIMIT $4
            """;
        await using var command = new NpgsqlCommand(sql, snapshot.Connection, snapshot.Transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<int> { TypedValue = snapshot.AccountId },
                new() { Value = tags.Keys.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
                new NpgsqlParameter<long> { TypedValue = tags.Values.Min(tag => tag.Pos) },
                new NpgsqlParameter<int> { TypedValue = longest + 1 },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var editors = new Dictionary<int, BitmapEditor>();
        for (var rows = 0; await reader.ReadAsync(ct); rows++)
        {
            if (rows == longest)
            {
                return null;
            }

            var tag = tags[reader.GetInt32(1)];
            if (reader.GetInt64(0) > tag.Pos)
            {
                Apply(reader, editors.TryGetValue(reader.GetInt32(1), out var editor)
                    ? editor
                    : editors[reader.GetInt32(1)] = new BitmapEditor(tag.Contacts));
            }
        }

        return editors.ToDictionary(editor => editor.Key, editor => editor.Value.ToBitmap());
    }

    // The columns are those of the statement above.
    private static void Apply(NpgsqlDataReader change, BitmapEditor tag)
    {
        var added = change.GetInt16(2) == 1;
        if (change.IsDBNull(3))
        {
            var bits = change.ReadBits(5);
            if (added)
            {
                tag.Add(change.GetInt32(4), bits);
            }
            else
            {
                tag.Remove(change.GetInt32(4), bits);
            }
        }
        else if (added)
        {
            tag.Add(change.GetInt32(3));
        }
        else
        {
            tag.Remove(change.GetInt32(3));
        }
    }
}
