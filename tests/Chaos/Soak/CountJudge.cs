using Dapper;
using Npgsql;

namespace TagSegments.Chaos.Soak;

/// <summary>Tells which counts were wrong, and compares what PostgreSQL has with what was acknowledged.</summary>
internal static class CountJudge
{
    public static async Task JudgeAsync(ChaosReport report, string connectionString, IReadOnlyList<CountLoad> loads)
    {
        report.Tell("changes before counts", loads.Sum(load => load.Writes));
        report.Tell("counts", loads.Sum(load => load.Counts));
        report.Tell("people imported", loads.Sum(load => load.Imported));
        var wrong = loads.SelectMany(load => load.Wrong).ToList();
        report.MustBeZero("counts wrong", wrong.Count, wrong);

        var lost = new List<string>();
        await using var connection = new NpgsqlConnection(connectionString);
        foreach (var load in loads)
        {
            var kept = (await connection.QueryAsync<(int TagId, int Contacts)>(
                "SELECT tag_id, sum(bit_count(bits))::int FROM tags.tag_chunk WHERE account_id = @account GROUP BY 1",
                new { account = load.AccountId })).ToDictionary(row => row.TagId, row => row.Contacts);
            lost.AddRange(load.Expected
                .Where(tag => kept.GetValueOrDefault(tag.TagId) != tag.Contacts)
                .Select(tag => $"account {load.AccountId}, tag {tag.TagId}: {kept.GetValueOrDefault(tag.TagId)} contacts instead of {tag.Contacts}"));
        }

        report.MustBeZero("acknowledged tags lost", lost.Count, lost);
    }
}
