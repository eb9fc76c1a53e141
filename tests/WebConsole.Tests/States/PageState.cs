namespace TagSegments.WebConsole.Tests.States;

/// <summary>A state of a page: the page's route, how to come to the page, and what a person does there.</summary>
/// <param name="Route">The template of the page's address.</param>
/// <param name="OpenAsync">Opens the page.</param>
/// <param name="SetAsync">Sets the state by clicks and keys.</param>
public sealed record PageState(string Route, Func<BrowserPage, ConsoleServer, Task> OpenAsync, Func<BrowserPage, Task> SetAsync);
