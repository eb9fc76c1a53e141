using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TagSegments.Bitmaps;
using TagSegments.Segments.Index;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Segments;

/// <summary>The costs of the tag index: memory here and in Redis, and the time to load a whole account.</summary>
internal sealed class IndexCosts(Report report, TestApps apps, SegmentsData data)
{
    public async Task MeasureAsync()
    {
        var services = apps.App(Service.Segments).Services;
        var db = services.GetRequiredService<AccountDatabase>();
        var tagIds = Enumerable.Range(1, TagSets.Count).ToArray();
        var state = await services.GetRequiredService<AccountIndexes>().LoadAsync(
            data.AccountId, tagIds, CancellationToken.None);
        var tags = tagIds.Select(tagId => state.Tags[tagId]).ToList();

        report.AtMost("index in process", tags.Sum(tag => tag.Bytes), "assignments", data.Assignments, "bytes", 2);
        report.AtMost("index in Redis", tags.Sum(Encoded), "assignments", data.Assignments, "bytes", 1.5);

        var medians = await Interleaved.MedianAsync(5, () => ReadBytesAsync(db), () => LoadAsync(db, tagIds));
        report.AtMost("cold start of 500 tags", medians[1], "reading the same bytes", medians[0], "ms", 2);
    }

    private long Encoded(Bitmap tag) => new TagEntry(data.AccountId, 1, default, tag).Encode().Length;

    private async Task LoadAsync(AccountDatabase db, int[] tagIds)
    {
        await using var snapshot = await Snapshot.OpenAsync(db, data.AccountId, CancellationToken.None);
        await TagStore.LoadAsync(snapshot, tagIds, CancellationToken.None);
    }

    private async Task ReadBytesAsync(AccountDatabase db)
    {
        await using var connection = await db.OpenAsync(data.AccountId);
        await using var reader = (NpgsqlDataReader)await new NpgsqlCommand(
            "SELECT tag_id, chunk, bits FROM tags.segment_tag_chunks WHERE account_id = $1 AND tag_id BETWEEN 1 AND $2", connection)
        {
            Parameters = { new() { Value = data.AccountId }, new() { Value = TagSets.Count } },
        }.ExecuteReaderAsync();
        var bits = new byte[ChunkLayout.Bytes];
        while (await reader.ReadAsync())
        {
            reader.GetBytes(2, 4, bits, 0, bits.Length);
        }
    }
}
