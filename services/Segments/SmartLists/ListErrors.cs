using Grpc.Core;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Values;

namespace TagSegments.Segments.SmartLists;

/// <summary>Makes the errors that the definition of a smart list can give.</summary>
internal static class ListErrors
{
    public static RpcException UnknownColumn(string name, FilterCatalog catalog, string path) => RpcErrors.InvalidField(
        path,
        $"\"{MessageText.Short(name)}\" is neither an attribute nor a custom field of contacts{MessageText.Hint(Suggestions.For(name, ListColumn.Names(catalog)))}");
}
