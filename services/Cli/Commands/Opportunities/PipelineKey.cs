using Crm.Contacts.V1;

namespace TagSegments.Cli.Commands;

/// <summary>Finds pipelines and stages by name.</summary>
internal static class PipelineKey
{
    public static async Task<IReadOnlyList<Pipeline>> AllAsync(Session session, CancellationToken ct) =>
        (await session.Services.Opportunities.ListPipelinesAsync(new ListPipelinesRequest { Account = session.RequireAccount() }, cancellationToken: ct)).Pipelines;

    public static async Task<Pipeline> GetAsync(Session session, string name, CancellationToken ct) =>
        (await AllAsync(session, ct)).FirstOrDefault(pipeline => pipeline.Name == name)
            ?? throw new CliError($"There is no pipeline \"{name}\".", "See `tagsegments pipelines list`.", ExitCode.Refused);

    public static Stage StageOf(Pipeline pipeline, string name) => pipeline.Stages.FirstOrDefault(stage => stage.Name == name)
        ?? throw new CliError($"The pipeline \"{pipeline.Name}\" has no stage \"{name}\".", $"Use {string.Join(", ", pipeline.Stages.Select(s => s.Name))}.", ExitCode.Refused);
}
