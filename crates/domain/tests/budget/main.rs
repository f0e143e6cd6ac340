//! The decision of `budget-guard`, told as sentences about a small model of the world: budgets,
//! services and the ledger, in which a plan is applied step by step and can crash after any of
//! them.
//!
//! Twenty-three cases in which budgets and kill switches go wrong, as far as a decision can be
//! right or wrong in them, and the tests that hold each:
//!
//! | | case | tests |
//! |---|---|---|
//! | 1 | the letter in all its forms | `prose` |
//! | 2 | amounts in prose | `amounts_in_prose_are_read_as_people_write_them`, `what_could_mean_two_things_in_prose_means_nothing` |
//! | 3 | names that look like the letter | `names_that_look_like_the_letter_are_found_by_comparison`, `the_subject_alone_names_a_budget_even_where_it_was_cut` |
//! | 4 | a foreign budget, account or topic | `a_message_about_a_foreign_budget_changes_nothing_and_is_told_once`, `a_foreign_account_and_a_foreign_topic_are_told_once_each`, `whoever_can_publish_cannot_fill_the_pager` |
//! | 5 | no subject, JSON, nothing | `json_by_a_person_nothing_and_another_language_hint_at_nothing` |
//! | 6 | doubled, reversed, both at once | `the_messages_of_both_rungs_in_one_run_and_in_reverse_order_are_one_stop`, `orders` |
//! | 7 | late, across the rollover, late charges | `a_message_that_comes_22_days_late_or_after_the_rollover_changes_nothing_that_is_not_so`, `at_a_new_period_services_come_back_once_its_own_lower_spend_is_seen`, `the_table` |
//! | 8 | 80 % of 10 USD and 8 USD | `eighty_percent_of_ten_and_eight_dollars_are_the_same_threshold` |
//! | 9 | zero after an edit, absent, 30 decimals | `the_table`, `thirty_decimals_are_rounded_and_no_float_comes_near` |
//! | 10 | a limit raised or lowered meanwhile | `a_limit_raised_after_the_message_and_before_the_decision_stops_nothing`, `a_limit_lowered_below_the_spend_without_a_message_is_found_by_the_hour` |
//! | 11 | planned limits, every time unit, adjusting, ended | `a_planned_limit_is_that_of_its_month_and_the_last_one_stays`, `periods`, `a_limit_that_aws_adjusts_is_told_as_aws_s_doing` |
//! | 12 | times a billion, and a runaway | `the_table`, `times_a_billion_pages_and_stops_nothing_and_says_so_once_per_digit`, `a_runaway_of_two_hundred_tasks_in_twelve_hours_is_stopped` |
//! | 13 | unhealthy, throttled, denied | `whatever_the_reason_it_is_a_page_and_no_stop`, `whatever_the_reason_it_is_no_restore` |
//! | 14 | crashes | `a_crash_after_any_step_is_made_good_by_the_next_run`, `a_crash_in_the_middle_of_a_restore_is_made_good`, `properties` |
//! | 15 | many services, tags on either and added later | `two_hundred_and_fifty_services_in_three_clusters_all_stop_and_all_come_back`, `a_service_that_is_tagged_while_everything_is_stopped_goes_down_too`, `tags` |
//! | 16 | DAEMON, other controllers, DRAINING, 0 before | `daemons_and_what_others_control_are_named_and_left_alone`, `a_service_that_is_draining_is_left_alone`, `what_had_no_tasks_before_has_none_afterwards`, `a_deployment_in_progress_is_waited_for_and_not_counted` |
//! | 18 | instances, what runs on | `a_receipt_says_what_would_stop_in_which_order_and_what_would_go_on`, `what_runs_on_and_has_no_price_is_named_as_unknown` |
//! | 19 | a redeployment while stopped | `what_is_redeployed_while_stopped_is_put_down_again_so_often_and_then_paged` |
//! | 20 | restores in the middle, twice, of what is gone | `restores`, `asked` |
//! | 21 | UTC, leap years, month's ends | `periods` |
//!
//! Scalable targets (17) are `capacity`'s. That the guard does not stop itself (22), that the
//! suite is red without the stop (23), pages of the API and a ledger that is down belong to the
//! function.

#![cfg(test)]

mod made;
mod world;

mod asked;
mod blind;
mod concerns;

mod drills;
mod edges;
mod guards;
mod meters;
mod money;
mod orders;
mod pages;
mod periods;
mod properties;
mod prose;
mod raised;
mod readings;
mod restores;
mod selections;
mod several;
mod stops;
mod tags;
mod unwatched;
mod verdicts;
