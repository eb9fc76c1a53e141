using System.Text.Json;
using Dapper;
using Npgsql;

namespace TagSegments.Testing;

/// <summary>How much a statement reads, by its plan: for statements that must not depend on statistics.</summary>
public static class PlanRows
{
    /// <summary>Runs a statement, undoes what it does, and returns the most rows that any part of its plan looked at, kept or not.</summary>
    public static async Task<double> ReadAsync(NpgsqlConnection connection, string sql, object? values)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var json = await connection.QuerySingleAsync<string>($"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values, transaction);
        using var plan = JsonDocument.Parse(json);
        return Nodes(plan.RootElement[0].GetProperty("Plan")).Max(node => Number(node, "Actual Loops")
            * (Number(node, "Actual Rows") + Number(node, "Rows Removed by Filter") + Number(node, "Rows Removed by Join Filter")));
    }

    /// <summary>Returns the most rows that any part of a statement's plan is expected to give: the server makes room for them.</summary>
    public static async Task<double> ExpectedAsync(NpgsqlConnection connection, string sql, object? values)
    {
        var json = await connection.QuerySingleAsync<string>($"EXPLAIN (FORMAT JSON) {sql}", values);
        using var plan = JsonDocument.Parse(json);
        return Nodes(plan.RootElement[0].GetProperty("Plan")).Max(node => Number(node, "Plan Rows"));
    }

    private static double Number(JsonElement node, string name) => node.TryGetProperty(name, out var number) ? number.GetDouble() : 0;

    private static IEnumerable<JsonElement> Nodes(JsonElement node) =>
        node.TryGetProperty("Plans", out var parts) ? parts.EnumerateArray().SelectMany(Nodes).Prepend(node) : [node];
}
