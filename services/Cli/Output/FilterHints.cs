namespace TagSegments.Cli.Output;

/// <summary>The advice for an error in a filter, by its kind and by what it is about.</summary>
internal static class FilterHints
{
    public static string For(string kind, string resource) => kind switch
    {
        "EMPTY" => "For all contacts, the filter is: everyone",
        "QUOTES" => "Put texts and names in \"double quotes\", and the whole filter in 'single quotes' of the shell.",
        "BRACKETS" => "Give every opening bracket a closing one; names of fields that are not plain words stand in [square brackets].",
        "NAME" => ForName(resource),
        "OPERATOR" => "Use a comparison that fits the type of the field; `tagsegments fields list` shows the types.",
        "VALUE" => "Correct the value at the place shown.",
        _ => "Correct the text at the place shown; `tagsegments segments count --help` has an example, and services/Segments/README.md the language.",
    };

    private static string ForName(string resource) => resource switch
    {
        "tag" => "Names of tags are exact, also in case; `tagsegments tags list` shows them.",
        "segment" => "`tagsegments segments list` shows the names of segments.",
        "campaign" => "`tagsegments campaigns list` shows the names of campaigns.",
        "pipeline" or "stage" => "`tagsegments pipelines list` shows pipelines and their stages.",
        _ when resource.StartsWith("choice", StringComparison.Ordinal) => "`tagsegments fields list` shows the choices of fields.",
        _ => "`tagsegments fields list` shows the fields; put a name that is not a plain word in [square brackets].",
    };
}
