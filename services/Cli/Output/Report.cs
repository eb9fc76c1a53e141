using System.Text.Json.Nodes;
using Google.Protobuf;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace TagSegments.Cli.Output;

/// <summary>Writes a command's answer, as a table for people or as JSON for programs.</summary>
internal sealed class Report(TextWriter output, TextWriter error, bool isJson)
{
    public TextWriter Output => output;

    public bool IsJson => isJson;

    /// <summary>True if a person watches standard error, so that a progress bar makes sense.</summary>
    public bool IsWatched => !IsJson && ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;

    /// <summary>Writes an answer; <paramref name="view"/> creates the view for people.</summary>
    public void Write(IMessage answer, Func<IRenderable> view) => Write(ProtoJson.From(answer), view);

    /// <summary>Writes an answer composed of several.</summary>
    public void Write(JsonNode answer, Func<IRenderable> view)
    {
        if (IsJson)
            output.WriteLine(ProtoJson.Line(answer));
        else
            ConsoleOn(output, Console.IsOutputRedirected).Write(view());
    }

    /// <summary>Writes an answer that people see as one sentence.</summary>
    public void Write(IMessage answer, string sentence) => Write(answer, () => new Text(sentence + Environment.NewLine));

    /// <summary>Reports progress to people, apart from the answer.</summary>
    public void Note(string text)
    {
        if (!IsJson)
            error.WriteLine(text);
    }

    /// <summary>Writes a line of a report that is itself the answer for people.</summary>
    public void Say(string line)
    {
        if (!IsJson)
            output.WriteLine(line);
    }

    /// <summary>Reports one row or contact that failed while the others continue.</summary>
    public void Failure(IMessage details, string text) => Failure(ProtoJson.From(details), text);

    /// <summary>Reports one line of a file that failed while the others continue.</summary>
    public void Failure(JsonNode details, string text) => error.WriteLine(IsJson ? ProtoJson.Line(details) : text);

    /// <summary>Gets the console on which progress is drawn.</summary>
    public IAnsiConsole ProgressConsole() => ConsoleOn(error, Console.IsErrorRedirected);

    /// <summary>Creates a table with a row per item, in the common style of all commands.</summary>
    public static Table Table<T>(IEnumerable<T> items, params (string Header, Func<T, object?> Value)[] columns)
    {
        var table = Empty([.. columns.Select(column => column.Header)]);
        foreach (var item in items)
            table.Row([.. columns.Select(column => column.Value(item))]);
        return table;
    }

    /// <summary>Creates a table without rows.</summary>
    public static Table Empty(params string[] headers)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var header in headers)
            table.AddColumn(new TableColumn(new Text(header, new Style(decoration: Decoration.Bold))));
        return table;
    }

    private static IAnsiConsole ConsoleOn(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        // A file or pipe has no width, so nothing may be cut off.
        if (redirected || !ReferenceEquals(writer, Console.Out) && !ReferenceEquals(writer, Console.Error))
            console.Profile.Width = 250;
        return console;
    }
}
