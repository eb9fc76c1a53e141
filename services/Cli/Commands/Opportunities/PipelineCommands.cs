using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Contacts.V1;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Opportunities;

/// <summary>Commands about pipelines, and the lookup of a pipeline by name.</summary>
internal static class PipelineCommands
{
    /// <summary>`pipelines`.</summary>
    public static Command Build() => new("pipelines", "The sales pipelines of an account.")
    {
        List(), Create(), Update(),
    };

    private static Command List() => new Command("list", "Lists the pipelines with their stages.").Runs(async (session, ct) =>
    {
        var answer = await session.Services.Opportunities.ListPipelinesAsync(new ListPipelinesRequest { Account = session.RequireAccount() }, cancellationToken: ct);
        session.Report.Write(answer, () => Report.Table(
            answer.Pipelines,
            ("pipeline", pipeline => pipeline.Name),
            ("stages", pipeline => string.Join(" > ", pipeline.Stages.Select(stage => stage.Name)))));
    });

    private static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The pipeline's name." };
        var stages = new Argument<string[]>("stage") { Description = "The names of its stages in order.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("create", "Creates a pipeline with its stages.") { name, stages };
        return command.Runs(async (session, ct) =>
        {
            var pipeline = new Pipeline { Name = session.Get(name), Stages = { session.Get(stages).Select(stage => new Stage { Name = stage }) } };
            var request = new CreatePipelineRequest { Account = session.RequireAccount(), Pipeline = pipeline, RequestId = RequestId.New() };
            var answer = await session.Services.Opportunities.CreatePipelineAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Pipeline, $"Pipeline \"{answer.Pipeline.Name}\" created.");
        });
    }

    private static Command Update()
    {
        var name = new Argument<string>("name") { Description = "The pipeline's name." };
        var newName = Options.Text("--name", "The new name.", "name");
        var stages = new Option<string[]>("--stage")
        {
            Description = "A stage, or OLD=NEW to rename one. All of them together, in order, replace the existing stages.",
            HelpName = "name|old=new",
        };
        var command = new Command("update", "Renames a pipeline; renames, reorders, adds and removes stages.") { name, newName, stages };
        return command.Runs(async (session, ct) =>
        {
            var pipeline = (await PipelineCommands.GetAsync(session, session.Get(name), ct)).Clone();
            if (session.Get(stages) is { Length: > 0 } wanted)
            {
                var next = wanted.Select(stage => ToStage(pipeline, stage)).ToList();
                pipeline.Stages.Clear();
                pipeline.Stages.Add(next);
            }
            pipeline.Name = session.Get(newName) ?? pipeline.Name;
            var request = new UpdatePipelineRequest { Account = session.RequireAccount(), Pipeline = pipeline, RequestId = RequestId.New() };
            var answer = await session.Services.Opportunities.UpdatePipelineAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Pipeline, $"Pipeline \"{answer.Pipeline.Name}\": {string.Join(" > ", answer.Pipeline.Stages.Select(s => s.Name))}");
        });
    }

    private static Stage ToStage(Pipeline pipeline, string text) => text.Split('=', 2) switch
    {
        [var old, var renamed] => new Stage { StageId = PipelineCommands.StageOf(pipeline, old).StageId, Name = renamed },
        _ => pipeline.Stages.FirstOrDefault(stage => stage.Name == text) ?? new Stage { Name = text },
    };

    public static async Task<IReadOnlyList<Pipeline>> AllAsync(Session session, CancellationToken ct) =>
        (await session.Services.Opportunities.ListPipelinesAsync(new ListPipelinesRequest { Account = session.RequireAccount() }, cancellationToken: ct)).Pipelines;

    public static async Task<Pipeline> GetAsync(Session session, string name, CancellationToken ct) =>
        (await AllAsync(session, ct)).FirstOrDefault(pipeline => pipeline.Name == name)
            ?? throw new CliError($"There is no pipeline \"{name}\".", "See `tagsegments pipelines list`.", ExitCode.Refused);

    public static Stage StageOf(Pipeline pipeline, string name) => pipeline.Stages.FirstOrDefault(stage => stage.Name == name)
        ?? throw new CliError($"The pipeline \"{pipeline.Name}\" has no stage \"{name}\".", $"Use {string.Join(", ", pipeline.Stages.Select(s => s.Name))}.", ExitCode.Refused);
}
